// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/rng.h"
#include "calls/call_stage.h"
#include "calls/logged_breaker.h"
#include "calls/service_settings.h"
#include "calls/turnstile.h"
#include "events/event_pace.h"
#include "events/publisher.h"
#include "protection/admission.h"
#include "protection/guarded.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// What came to one stage of a service so far.
struct StageCounts {
    std::uint64_t passed = 0;
    std::uint64_t rejected = 0;
    Duration time{};  ///< spent in it, by all calls together
};

struct LimiterView {
    Rate rate;
    LimitStatus status;
};

struct BudgetView {
    BudgetStatus status;
    std::uint64_t granted = 0;
    std::uint64_t refused = 0;
};

/// What there is to show of a service.
struct ServiceView {
    std::string name;
    std::uint64_t succeeded = 0;  ///< calls, however many attempts they took
    std::uint64_t failed = 0;
    std::uint64_t rejected = 0;  ///< by ourselves
    std::uint64_t underWay = 0;
    std::array<StageCounts, kCallStages> stages;
    std::optional<BreakerView> breaker;  ///< of the stages that it has
    std::optional<LimiterView> limiter;
    std::optional<BudgetView> budget;
    std::optional<TurnstileView> bulkhead;
};

/// One dependency and all that protects the calls to it: the state machines, each behind a guard
/// of its own, what they count, and the events of its breaker. Calls go through it by CallFlow.
/// Changed settings keep counters, windows and fills.
/// Thread safety: any thread.
class ProtectedService {
public:
    struct Parts {
        std::shared_ptr<const Clock> clock;
        std::uint64_t seed = 1;  ///< of the jitter between retries
        Publisher* publisher = nullptr;
        MetricRegistry* metrics = nullptr;
        const Admission* admission = nullptr;  ///< none: everything is admitted
        bool logged = false;                   ///< keeps a log of what its breaker is told
    };

    /// Errors: outOfRange for settings that are not in range, with the key in `where`.
    [[nodiscard]] static Result<std::unique_ptr<ProtectedService>> create(std::string name,
                                                                          ServiceSettings settings,
                                                                          Parts parts);
    ProtectedService(const ProtectedService&) = delete;
    ProtectedService& operator=(const ProtectedService&) = delete;
    ~ProtectedService();

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    [[nodiscard]] ServiceSettings settings() const;
    /// All of them or none. A stage comes or goes with a start only. Errors: outOfRange;
    /// conflict for one that comes or goes.
    [[nodiscard]] Result<void> change(ServiceSettings settings);
    /// By the operator. Errors: conflict for a move that is not legal, notFound without a
    /// breaker.
    [[nodiscard]] Result<void> moveBreaker(BreakerState state);
    [[nodiscard]] Result<void> resetBreaker();
    [[nodiscard]] ServiceView view();
    /// What was logged since the last time: full blocks, or all there is.
    [[nodiscard]] std::vector<CallLogBlock> takeLog(bool all);
    /// None without a breaker.
    [[nodiscard]] std::optional<BreakerState> breakerState() const;

    /// A call that had failed was answered by its fallback, or not by that either.
    void fallbackEnded(bool succeeded, Duration took) const noexcept;

private:
    friend class CallFlow;

    struct Limiter {
        TokenBucket bucket;
        Duration longestWait{};
    };
    struct StageMetrics {
        Counter passed;
        Counter rejected;
        Counter time;
    };

    ProtectedService(std::string name, ServiceSettings settings, Parts parts);
    void count();
    void show();
    [[nodiscard]] Result<void> checkStages(const ServiceSettings& settings) const;
    void publish(const BreakerMoves& moves) const;
    [[nodiscard]] MonoTime now() const noexcept { return m_parts.clock->now(); }
    [[nodiscard]] const StageMetrics& of(CallStage stage) const noexcept
    {
        return m_stages[static_cast<std::size_t>(stage)];
    }

    const std::string m_name;
    const Parts m_parts;
    const Rng m_rng;

    // Read by each call.
    std::atomic<std::int64_t> m_deadline;
    std::optional<Guarded<std::shared_ptr<const RetryPolicy>>> m_retry;
    std::optional<Guarded<RetryBudget>> m_budget;
    std::optional<Guarded<Limiter>> m_limiter;
    std::optional<Guarded<LoggedBreaker>> m_breaker;
    std::optional<Guarded<Turnstile>> m_turnstile;

    std::array<StageMetrics, kCallStages> m_stages;
    Counter m_began, m_succeeded, m_failed, m_rejected;
    HistogramRecorder m_latency;
    mutable EventPace m_tracePace;

    mutable std::mutex m_mutex;  // guards m_settings, and that one change comes after the other
    ServiceSettings m_settings;
};

}  // namespace muster
