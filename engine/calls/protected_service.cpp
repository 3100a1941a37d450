// SPDX-License-Identifier: Apache-2.0
#include "calls/protected_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "calls/internal/breaker_events.h"
#include "calls/internal/service_gauges.h"

namespace muster {
namespace {

Error noStage(const std::string& service, std::string_view stage)
{
    return {
        ErrorCode::notFound, fmt::format("the service has no {}", stage), "services." + service,
        fmt::format("Give it one in the workload file: {} under [services.{}]", stage, service)};
}

// Settings are found valid before the first part is changed, so that none is refused half-way.
void carriedOut(const Result<void>& done)
{
    assert(done.ok());
    static_cast<void>(done.ok());
}

}  // namespace

Result<std::unique_ptr<ProtectedService>> ProtectedService::create(std::string name,
                                                                   ServiceSettings settings,
                                                                   Parts parts)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return std::unique_ptr<ProtectedService>(
        new ProtectedService(std::move(name), std::move(settings), std::move(parts)));
}

ProtectedService::ProtectedService(std::string name, ServiceSettings settings, Parts parts)
    : m_name(std::move(name)),
      m_parts(std::move(parts)),
      m_rng(Rng(m_parts.seed).fork(m_name)),
      m_deadline(settings.deadline.count()),
      m_machines(std::make_shared<const ServiceMachines>())
{
    if (m_parts.metrics != nullptr) {
        count();
    }
    apply(std::move(settings));
}

ProtectedService::~ProtectedService()
{
    if (m_parts.metrics != nullptr) {
        removeServiceGauges(*m_parts.metrics, m_name);
    }
}

void ProtectedService::count()
{
    MetricRegistry& metrics = *m_parts.metrics;
    const std::string_view service = m_name;
    for (std::size_t i = 0; i < kCallStages; ++i) {
        const auto stage = toString(static_cast<CallStage>(i));
        const auto counter = [&](std::string_view name) {
            return metrics.counter(name, {{"service", service}, {"stage", stage}});
        };
        m_stages[i] = {counter("calls.stage.passed"), counter("calls.stage.rejected"),
                       counter("calls.stage.time")};
    }
    m_began = metrics.counter("calls.began", {{"service", service}});
    m_succeeded = metrics.counter("calls.succeeded", {{"service", service}});
    m_failed = metrics.counter("calls.failed", {{"service", service}});
    m_rejected = metrics.counter("calls.rejected", {{"service", service}});
    m_latency = metrics.histogram("calls.latency", {{"service", service}});
}

void ProtectedService::show(const ServiceMachines& machines)
{
    if (m_parts.metrics == nullptr) {
        return;
    }
    const ServiceGauges gauges{*m_parts.metrics, m_name, [this] { return this->machines(); },
                               m_parts.clock};
    const auto once = [this](bool there, std::string_view stage) {
        if (!there || std::ranges::find(m_shown, stage) != m_shown.end()) {
            return false;
        }
        m_shown.push_back(stage);
        return true;
    };
    if (once(machines.breaker != nullptr, "breaker")) {
        gauges.showBreaker();
    }
    if (once(machines.limiter != nullptr, "limiter")) {
        gauges.showLimiter();
    }
    if (once(machines.budget != nullptr, "budget")) {
        gauges.showBudget();
    }
    if (once(machines.turnstile != nullptr, "bulkhead")) {
        gauges.showTurnstile();
    }
}

ServiceSettings ProtectedService::settings() const
{
    const std::lock_guard lock(m_mutex);
    return m_settings;
}

Result<void> ProtectedService::change(ServiceSettings settings)
{
    if (auto checked = validate(settings); !checked.ok()) {
        return checked;
    }
    apply(std::move(settings));
    return {};
}

void ProtectedService::apply(ServiceSettings settings)
{
    const std::lock_guard lock(m_mutex);
    const MonoTime time = now();
    auto next = std::make_shared<ServiceMachines>(*machines());
    Turnstile::Woken woken;
    m_deadline.store(settings.deadline.count(), std::memory_order_relaxed);
    changeRetry(*next, settings);
    changeLimiter(*next, settings, time);
    changeBreaker(*next, settings, time);
    changeTurnstile(*next, settings, time, woken);
    show(*next);
    std::shared_ptr<const ServiceMachines> kept = std::move(next);
    m_machines.use([&kept](auto& machines) { machines.swap(kept); });
    for (const auto& waiter : woken) {
        waiter->turnDecided();
    }
    m_settings = std::move(settings);
}

void ProtectedService::changeRetry(ServiceMachines& next, const ServiceSettings& settings)
{
    if (!settings.retry) {
        next.retry.reset();
        next.budget.reset();
        return;
    }
    next.retry = std::make_shared<const RetryPolicy>(RetryPolicy::create(*settings.retry).value());
    if (next.budget) {
        carriedOut(next.budget->use([&](RetryBudget& it) { return it.change(settings.budget); }));
    } else {
        next.budget =
            std::make_shared<Guarded<RetryBudget>>(RetryBudget::create(settings.budget).value());
    }
}

void ProtectedService::changeLimiter(ServiceMachines& next, const ServiceSettings& settings,
                                     MonoTime time)
{
    if (settings.limiter && next.limiter) {
        if (settings.limiter != m_settings.limiter) {
            carriedOut(next.limiter->use(
                [&](ServiceLimiter& it) { return it.change(*settings.limiter, time); }));
        }
    } else if (settings.limiter) {
        next.limiter = std::make_shared<Guarded<ServiceLimiter>>(
            ServiceLimiter::create(*settings.limiter, time, m_parts.logged).value());
    } else if (next.limiter) {
        keepLog("limiter", next.limiter->use([](ServiceLimiter& it) {
            it.endLog();
            return it.log().take(true);
        }));
        next.limiter.reset();
    }
}

void ProtectedService::changeBreaker(ServiceMachines& next, const ServiceSettings& settings,
                                     MonoTime time)
{
    if (settings.breaker && next.breaker) {
        if (settings.breaker != m_settings.breaker) {
            carriedOut(next.breaker->use(
                [&](LoggedBreaker& it) { return it.change(*settings.breaker, time); }));
        }
    } else if (settings.breaker) {
        LoggedBreaker breaker(CircuitBreaker::create(*settings.breaker).value(), m_parts.logged);
        breaker.start(time);
        next.breaker = std::make_shared<Guarded<LoggedBreaker>>(std::move(breaker));
    } else if (next.breaker) {
        keepLog("breaker", next.breaker->use([](LoggedBreaker& it) {
            it.endLog();
            return it.log().take(true);
        }));
        next.breaker.reset();
    }
}

void ProtectedService::changeTurnstile(ServiceMachines& next, const ServiceSettings& settings,
                                       MonoTime time, Turnstile::Woken& woken)
{
    if (!settings.bulkhead && !settings.adaptive) {
        next.turnstile.reset();
    } else if (next.turnstile) {
        carriedOut(next.turnstile->use([&](Turnstile& it) {
            return it.change(settings.bulkhead, settings.adaptive, time, woken);
        }));
    } else {
        next.turnstile = std::make_shared<Guarded<Turnstile>>(
            Turnstile::create(settings.bulkhead, settings.adaptive).value());
    }
}

void ProtectedService::keepLog(std::string_view machine, std::vector<CallLogBlock> blocks)
{
    for (CallLogBlock& block : blocks) {
        if (m_left.size() >= CallLog::kMostBlocks) {
            m_leftLost += block.entries;
            continue;
        }
        m_left.push_back({machine, std::move(block)});
    }
}

Result<void> ProtectedService::moveBreaker(BreakerState state)
{
    const auto all = machines();
    if (!all->breaker) {
        return noStage(m_name, "breaker");
    }
    const auto moves =
        all->breaker->use([&](LoggedBreaker& it) { return it.moveTo(state, now()); });
    if (!moves.ok()) {
        return moves.error();
    }
    publish(*moves);
    return {};
}

Result<void> ProtectedService::resetBreaker()
{
    const auto all = machines();
    if (!all->breaker) {
        return noStage(m_name, "breaker");
    }
    publish(all->breaker->use([this](LoggedBreaker& it) { return it.reset(now()); }));
    return {};
}

ServiceView ProtectedService::view() const
{
    ServiceView view;
    view.name = m_name;
    view.succeeded = m_succeeded.value();
    view.failed = m_failed.value();
    view.rejected = m_rejected.value();
    const std::uint64_t ended = view.succeeded + view.failed + view.rejected;
    const std::uint64_t began = m_began.value();
    view.underWay = began > ended ? began - ended : 0;
    for (std::size_t i = 0; i < kCallStages; ++i) {
        view.stages[i] = {m_stages[i].passed.value(), m_stages[i].rejected.value(),
                          Duration{static_cast<std::int64_t>(m_stages[i].time.value())}};
    }
    const auto all = machines();
    if (all->breaker) {
        view.breaker = all->breaker->use([this](LoggedBreaker& it) { return it.view(now()); });
    }
    if (all->limiter) {
        view.limiter = all->limiter->use([this](ServiceLimiter& it) { return it.view(now()); });
    }
    if (all->budget) {
        view.budget = all->budget->use([this](RetryBudget& it) {
            return BudgetView{it.status(now()), it.granted(), it.refused()};
        });
    }
    if (all->turnstile) {
        view.bulkhead = all->turnstile->use([](Turnstile& it) { return it.view(); });
    }
    return view;
}

std::vector<ServiceLogBlock> ProtectedService::takeLog(bool all)
{
    if (!m_parts.logged) {
        return {};
    }
    const std::lock_guard lock(m_mutex);
    std::vector<ServiceLogBlock> blocks = std::exchange(m_left, {});
    const auto machines = this->machines();
    const auto take = [&](std::string_view machine, const auto& guarded) {
        if (guarded) {
            for (CallLogBlock& block :
                 guarded->use([all](auto& it) { return it.log().take(all); })) {
                blocks.push_back({machine, std::move(block)});
            }
        }
    };
    take("breaker", machines->breaker);
    take("limiter", machines->limiter);
    if (!blocks.empty()) {
        blocks.back().block.lost += std::exchange(m_leftLost, 0);
    }
    return blocks;
}

std::optional<BreakerState> ProtectedService::breakerState() const
{
    const auto all = machines();
    return all->breaker ? std::optional(
                              all->breaker->use([](const LoggedBreaker& it) { return it.state(); }))
                        : std::nullopt;
}

void ProtectedService::fallbackEnded(bool succeeded, Duration took) const noexcept
{
    const StageMetrics& stage = of(CallStage::fallback);
    (succeeded ? stage.passed : stage.rejected).add();
    stage.time.add(static_cast<std::uint64_t>(took.count()));
}

void ProtectedService::publish(const BreakerMoves& moves) const
{
    if (m_parts.publisher != nullptr) {
        publishBreakerMoves(*m_parts.publisher, m_name, moves);
    }
}

}  // namespace muster
