// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "calls/protected_service.h"

namespace muster {

/// A call as it comes in.
struct CallRequest {
    std::uint64_t number = 0;     ///< of the job: chance is drawn by it
    std::string_view action;      ///< for its trace
    AgentId agent;                ///< likewise
    Deadline deadline;            ///< carried along; the service may shorten it
    Duration timeout = kForever;  ///< of one attempt
};

/// How one attempt of the action ended.
struct AttemptEnd {
    CallOutcome outcome;
    std::optional<Duration> retryAfter;  ///< asked for by the dependency
};

/// How a call ended.
struct CallEnd {
    enum class Kind : std::uint8_t { succeeded, failed, rejected };

    Kind kind = Kind::succeeded;
    CallStage stage = CallStage::action;  ///< which ended it
    RetryStop stop = RetryStop::none;     ///< why it was not tried again
    std::uint32_t attempts = 0;
    std::optional<Duration> retryAfter;  ///< of a rejection, where it is known
};

[[nodiscard]] std::string_view toString(CallEnd::Kind kind) noexcept;

/// What a call does next.
struct CallStep {
    enum class Do : std::uint8_t {
        wait,   ///< for `time`; then waited()
        queue,  ///< await(), until told or for `time`; then queued()
        act,    ///< the action, within `time`; then acted()
        end,    ///< see end()
    };

    Do what = Do::end;
    Duration time{};
};

/// One call's way through the stages of a service, in their order:
/// deadline → retry { admission → limiter → breaker → bulkhead → timeout → action }.
/// Each attempt takes a token and a permit of its own; nothing is held between attempts; the
/// breaker is told of the action's outcomes only, never of our own rejections. It says what to
/// do next and is told when that was done: what waits, and how, is its caller's. Whatever it
/// holds when it is destroyed is given back, as of a call that was cancelled.
/// Pure over the service's machines. Thread safety: one thread at a time.
class CallFlow {
public:
    CallFlow(ProtectedService& service, const CallRequest& request);
    CallFlow(const CallFlow&) = delete;
    CallFlow& operator=(const CallFlow&) = delete;
    ~CallFlow();

    [[nodiscard]] CallStep begin(MonoTime now);
    [[nodiscard]] CallStep waited(MonoTime now);
    /// Takes the waiter. False: its turn is decided already, and the waiter was left.
    [[nodiscard]] bool await(std::unique_ptr<TurnWaiter>& waiter);
    [[nodiscard]] CallStep queued(MonoTime now);
    [[nodiscard]] CallStep acted(const AttemptEnd& attempt, MonoTime now);

    [[nodiscard]] const CallEnd& end() const noexcept { return m_end; }
    /// From 1, of the attempt that is being made.
    [[nodiscard]] std::uint32_t attempt() const noexcept { return m_end.attempts; }
    /// Of what is left for the whole call.
    [[nodiscard]] const Deadline& deadline() const noexcept { return m_deadline; }

private:
    enum class At : std::uint8_t { start, limiter, queue, action, backoff, end };

    [[nodiscard]] CallStep tryOnce(MonoTime now);
    [[nodiscard]] CallStep askBreaker(MonoTime now);
    [[nodiscard]] CallStep enterBulkhead(MonoTime now);
    [[nodiscard]] CallStep act(MonoTime now);
    [[nodiscard]] bool takePermit(MonoTime now, std::optional<Duration>& retryAfter);
    void givePermitBack(CallOutcome outcome, MonoTime now);
    void leaveBulkhead(const AdaptiveSample* sample, MonoTime now);
    void endAttempt(bool succeeded);
    [[nodiscard]] CallStep reject(CallStage stage, std::optional<Duration> retryAfter,
                                  MonoTime now);
    [[nodiscard]] CallStep retry(const RetryCause& cause, MonoTime now);
    [[nodiscard]] CallStep finish(MonoTime now);
    void trace(MonoTime now) const;
    void pass(CallStage stage) const noexcept { m_service.of(stage).passed.add(); }
    void spend(CallStage stage, MonoTime now) noexcept;

    ProtectedService& m_service;
    const CallRequest m_request;
    Rng m_rng;
    // As the call began, and as its attempt did: what is taken of them is given back to them.
    std::shared_ptr<const RetryPolicy> m_policy;
    std::shared_ptr<Guarded<RetryBudget>> m_budget;
    std::shared_ptr<const ServiceMachines> m_machines;
    RetryState m_retries;
    Deadline m_deadline;
    At m_at = At::start;
    MonoTime m_began;
    MonoTime m_since;  // at where it is
    CallEnd m_end;
    std::array<Duration, kCallStages> m_times{};

    // What it holds.
    bool m_open = false;  // the budget knows of it
    bool m_retrying = false;
    std::optional<Reservation> m_reservation;
    std::optional<BreakerPermit> m_permit;
    std::optional<Turnstile::Ticket> m_ticket;
    std::uint32_t m_inFlight = 0;  // calls at once as this one entered; 0: it is not in
};

}  // namespace muster
