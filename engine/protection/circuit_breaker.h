// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protection/half_open.h"
#include "protection/steady_time.h"

namespace muster {

/// Leave to call, to be handed back with the call's outcome.
struct BreakerPermit {
    std::uint64_t generation = 0;
    MonoTime since;            ///< steady time of the breaker
    bool counted = true;       ///< not if it was given while disabled
    std::uint64_t number = 0;  ///< for whoever hands it on
};

/// A breaker's answer to one who wants to call.
struct BreakerAnswer {
    bool admitted = false;
    BreakerPermit permit;                ///< if admitted
    std::optional<Duration> retryAfter;  ///< if not: known only while it is open
    BreakerMoves moves;                  ///< what the question led to
};

/// What came to a breaker since it was made. Calls = admitted + rejected; admitted = succeeded +
/// failed + ignored + cancelled + late + those under way.
struct BreakerCounts {
    std::uint64_t admitted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t succeeded = 0;
    std::array<std::uint64_t, kFailureClasses> failed{};  ///< by FailureClass
    std::uint64_t slow = 0;                               ///< of those that succeeded or failed
    std::uint64_t ignored = 0;                            ///< by their class
    std::uint64_t cancelled = 0;
    std::uint64_t late = 0;  ///< of a generation that was over: dropped
    std::uint64_t opened = 0;
};

/// What there is to show of a breaker.
struct BreakerView {
    BreakerState state = BreakerState::closed;
    CallTally tally;                    ///< of the window, of the trial while half-open
    std::optional<double> failureRate;  ///< undefined below the minimum of calls
    std::optional<double> slowRate;
    std::optional<Duration> retryAfter;  ///< while open
    std::uint32_t probes = 0;            ///< under way
    double share = 1;                    ///< of calls that the state admits
    std::uint32_t openings = 0;          ///< without having closed for long enough
    BreakerCounts counts;
};

/// Stops calls to what does not answer and tries, after a while, whether it does again.
/// Semantics of resilience4j, with what Polly, gobreaker and Envoy do otherwise as settings.
/// Every call asks permit() and, if admitted, hands its outcome to report() once. What is
/// rejected is no outcome. A permit belongs to a generation, which ends with each move: results
/// of earlier ones are dropped. Moves are returned, for the caller to publish.
/// Pure. Thread safety: one thread at a time; Guarded<CircuitBreaker> for many.
class CircuitBreaker {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<CircuitBreaker> create(BreakerSettings settings);

    [[nodiscard]] BreakerAnswer permit(MonoTime now);
    /// Of a call that had to wait since its permit: it takes its time from now. False if the
    /// breaker moved meanwhile; then the permit is void, and another one is to be asked for.
    [[nodiscard]] bool begin(BreakerPermit& permit, MonoTime now);
    /// The call took as long as passed since its permit.
    [[nodiscard]] BreakerMoves report(const BreakerPermit& permit, CallOutcome outcome,
                                      MonoTime now);
    /// Makes the moves that time alone makes: out of a half-open state that is over and, if so
    /// set, out of open. Not needed for calls to be right.
    [[nodiscard]] BreakerMoves poll(MonoTime now);

    /// By the operator. Errors: conflict for a move that is not legal (mayMove()).
    [[nodiscard]] Result<BreakerMoves> moveTo(BreakerState state, MonoTime now);
    /// By the operator: closed, with an empty window, whatever it was.
    [[nodiscard]] BreakerMoves reset(MonoTime now);
    /// Keeps the state, the window and all counts. Errors: outOfRange, and nothing changed.
    [[nodiscard]] Result<void> change(BreakerSettings settings, MonoTime now);

    [[nodiscard]] BreakerState state() const noexcept { return m_state; }
    /// Steady, as of what it was told last.
    [[nodiscard]] MonoTime time() const noexcept { return m_time.last(); }
    [[nodiscard]] const BreakerCounts& counts() const noexcept { return m_counts; }
    [[nodiscard]] const BreakerSettings& settings() const noexcept { return m_settings; }
    /// Looking changes nothing: what it does depends on what it is told alone.
    [[nodiscard]] BreakerView view(MonoTime now) const;

private:
    explicit CircuitBreaker(BreakerSettings settings);
    void settle(MonoTime time, BreakerMoves& moves);
    void enter(BreakerState to, MoveCause cause, MonoTime time, BreakerMoves& moves);
    [[nodiscard]] bool admits(MonoTime time, BreakerMoves& moves);
    void count(CountedCall call, MonoTime time, BreakerMoves& moves);
    void decide(CountedCall call, MonoTime time, BreakerMoves& moves);
    [[nodiscard]] Duration openWait() const noexcept;
    [[nodiscard]] MonoTime blockedUntil() const noexcept;
    [[nodiscard]] std::optional<Duration> retryAfter(MonoTime time) const noexcept;

    BreakerState m_state = BreakerState::closed;
    std::uint64_t m_generation = 0;
    BreakerRules m_rules;
    BreakerRules::Rows m_rows;
    SteadyTime m_time;
    MonoTime m_since;  // in the state
    std::uint32_t m_openings = 0;
    OutcomeWindow m_window;
    HalfOpenTrial m_trial;
    BreakerCounts m_counts;
    BreakerSettings m_settings;
};

}  // namespace muster
