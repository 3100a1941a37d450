// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "calls/call_stage.h"
#include "calls/logged_breaker.h"
#include "calls/service_limiter.h"
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

/// The state machines of a service's stages; one that it has not is null. A call holds those it
/// asked until it has given back what it took: it may outlive its stage.
struct ServiceMachines {
    std::shared_ptr<const RetryPolicy> retry;
    std::shared_ptr<Guarded<RetryBudget>> budget;
    std::shared_ptr<Guarded<ServiceLimiter>> limiter;
    std::shared_ptr<Guarded<LoggedBreaker>> breaker;
    std::shared_ptr<Guarded<Turnstile>> turnstile;
};

/// One machine's part of what a service logged.
struct ServiceLogBlock {
    std::string_view machine;  ///< "breaker", "limiter"
    CallLogBlock block;
};

/// One dependency and all that protects the calls to it: the state machines, each behind a guard
/// of its own, what they count, and the events of its breaker. Calls go through it by CallFlow.
/// Changed settings keep counters, windows and fills; a stage that comes begins anew, and one
/// that goes is left by the calls that are in it as they end.
/// Thread safety: any thread.
class ProtectedService {
public:
    struct Parts {
        std::shared_ptr<const Clock> clock;
        std::uint64_t seed = 1;  ///< of the jitter between retries
        Publisher* publisher = nullptr;
        MetricRegistry* metrics = nullptr;
        const Admission* admission = nullptr;  ///< none: everything is admitted
        bool logged = false;  ///< keeps a log of what its breaker and limiter are told
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
    /// All of them or none. Errors: outOfRange.
    [[nodiscard]] Result<void> change(ServiceSettings settings);
    /// By the operator. Errors: conflict for a move that is not legal, notFound without a
    /// breaker.
    [[nodiscard]] Result<void> moveBreaker(BreakerState state);
    [[nodiscard]] Result<void> resetBreaker();
    [[nodiscard]] ServiceView view() const;
    /// What was logged since the last time: full blocks, or all there is.
    [[nodiscard]] std::vector<ServiceLogBlock> takeLog(bool all);
    /// None without a breaker.
    [[nodiscard]] std::optional<BreakerState> breakerState() const;

    /// A call that had failed was answered by its fallback, or not by that either.
    void fallbackEnded(bool succeeded, Duration took) const noexcept;

private:
    friend class CallFlow;

    struct StageMetrics {
        Counter passed;
        Counter rejected;
        Counter time;
    };

    ProtectedService(std::string name, ServiceSettings settings, Parts parts);
    void count();
    void apply(ServiceSettings settings);
    void show(const ServiceMachines& machines);
    [[nodiscard]] std::shared_ptr<const ServiceMachines> machines() const
    {
        return m_machines.use([](const auto& kept) { return kept; });
    }
    // Parts of change(), of settings that were found valid.
    void changeRetry(ServiceMachines& next, const ServiceSettings& settings);
    void changeLimiter(ServiceMachines& next, const ServiceSettings& settings, MonoTime time);
    void changeBreaker(ServiceMachines& next, const ServiceSettings& settings, MonoTime time);
    void changeTurnstile(ServiceMachines& next, const ServiceSettings& settings, MonoTime time,
                         Turnstile::Woken& woken);
    void keepLog(std::string_view machine, std::vector<CallLogBlock> blocks);
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
    Guarded<std::shared_ptr<const ServiceMachines>> m_machines;

    std::array<StageMetrics, kCallStages> m_stages;
    Counter m_began, m_succeeded, m_failed, m_rejected;
    HistogramRecorder m_latency;
    mutable EventPace m_tracePace;

    mutable std::mutex m_mutex;  // guards what follows, and that one change comes after the other
    ServiceSettings m_settings;
    std::vector<ServiceLogBlock> m_left;  // by machines that were replaced
    std::uint64_t m_leftLost = 0;
    std::vector<std::string_view> m_shown;  // stages that have gauges
};

}  // namespace muster
