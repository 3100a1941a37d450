// SPDX-License-Identifier: Apache-2.0
#include "calls/protected_service.h"

#include <fmt/format.h>

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
      m_settings(std::move(settings))
{
    if (m_settings.retry) {
        m_retry.emplace(
            std::make_shared<const RetryPolicy>(RetryPolicy::create(*m_settings.retry).value()));
        m_budget.emplace(RetryBudget::create(m_settings.budget).value());
    }
    if (m_settings.limiter) {
        m_limiter.emplace(Limiter{TokenBucket::create(m_settings.limiter->bucket, now()).value(),
                                  m_settings.limiter->longestWait});
    }
    if (m_settings.breaker) {
        m_breaker.emplace(
            LoggedBreaker(CircuitBreaker::create(*m_settings.breaker).value(), m_parts.logged));
    }
    if (m_settings.bulkhead || m_settings.adaptive) {
        m_turnstile.emplace(Turnstile::create(m_settings.bulkhead, m_settings.adaptive).value());
    }
    if (m_parts.metrics != nullptr) {
        count();
        show();
    }
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

void ProtectedService::show()
{
    ServiceGauges gauges{*m_parts.metrics, m_name};
    if (m_breaker) {
        gauges.add("breaker.state", [this] {
            const auto state = m_breaker->use([](LoggedBreaker& it) { return it.state(); });
            return Reading::of(static_cast<double>(state));
        });
        gauges.add("breaker.failure_rate", [this] {
            const auto rate =
                m_breaker->use([this](LoggedBreaker& it) { return it.view(now()).failureRate; });
            return rate ? Reading::of(*rate)
                        : Reading::unknown("too few calls in the window to say");
        });
    }
    if (m_limiter) {
        gauges.add("limiter.remaining", [this] {
            const auto status =
                m_limiter->use([this](Limiter& it) { return it.bucket.status(now()); });
            return Reading::of(static_cast<double>(status.remaining));
        });
    }
    if (m_budget) {
        gauges.add("retry.budget.used", [this] {
            const auto status = m_budget->use([this](RetryBudget& it) { return it.status(now()); });
            return status.allowed > 0 ? Reading::of(status.used / status.allowed)
                                      : Reading::unknown("the budget allows no retries");
        });
    }
    if (m_turnstile) {
        const auto part = [this](auto TurnstileView::*member) {
            return [this, member] {
                return Reading::of(static_cast<double>(
                    m_turnstile->use([](Turnstile& it) { return it.view(); }).*member));
            };
        };
        gauges.add("bulkhead.limit", part(&TurnstileView::concurrent));
        gauges.add("bulkhead.in_use", part(&TurnstileView::inUse));
        gauges.add("bulkhead.waiting", part(&TurnstileView::waiting));
    }
}

ServiceSettings ProtectedService::settings() const
{
    const std::lock_guard lock(m_mutex);
    return m_settings;
}

Result<void> ProtectedService::checkStages(const ServiceSettings& settings) const
{
    const auto same = [this](bool is, bool was, std::string_view stage) -> Result<void> {
        return is == was ? Result<void>()
                         : Error{ErrorCode::conflict,
                                 "a stage comes or goes with the start of a run only",
                                 fmt::format("services.{}.{}", m_name, stage),
                                 "Change the workload file and run it again"};
    };
    Result<void> checked = validate(settings);
    const auto next = [&](const auto& is, const auto& was, std::string_view stage) {
        if (checked.ok()) {
            checked = same(is.has_value(), was.has_value(), stage);
        }
    };
    next(settings.retry, m_settings.retry, "retry");
    next(settings.limiter, m_settings.limiter, "limiter");
    next(settings.breaker, m_settings.breaker, "breaker");
    next(settings.bulkhead, m_settings.bulkhead, "bulkhead");
    next(settings.adaptive, m_settings.adaptive, "adaptive");
    return checked;
}

// Each part was found valid before the first is changed, so that none can be refused half-way.
Result<void> ProtectedService::change(ServiceSettings settings)
{
    const std::lock_guard lock(m_mutex);
    if (auto checked = checkStages(settings); !checked.ok()) {
        return checked;
    }
    const MonoTime time = now();
    m_deadline.store(settings.deadline.count(), std::memory_order_relaxed);
    Result<void> done;
    if (m_retry) {
        auto policy =
            std::make_shared<const RetryPolicy>(RetryPolicy::create(*settings.retry).value());
        m_retry->use([&policy](auto& kept) { kept.swap(policy); });
        done = m_budget->use([&](RetryBudget& it) { return it.change(settings.budget); });
    }
    if (m_limiter && done.ok()) {
        done = m_limiter->use([&](Limiter& it) {
            it.longestWait = settings.limiter->longestWait;
            return it.bucket.change(settings.limiter->bucket, time);
        });
    }
    if (m_breaker && done.ok() && settings.breaker != m_settings.breaker) {
        done =
            m_breaker->use([&](LoggedBreaker& it) { return it.change(*settings.breaker, time); });
    }
    Turnstile::Woken woken;
    if (m_turnstile && done.ok()) {
        done = m_turnstile->use([&](Turnstile& it) {
            return it.change(settings.bulkhead, settings.adaptive, time, woken);
        });
    }
    for (const auto& waiter : woken) {
        waiter->turnDecided();
    }
    m_settings = std::move(settings);
    return done;
}

Result<void> ProtectedService::moveBreaker(BreakerState state)
{
    if (!m_breaker) {
        return noStage(m_name, "breaker");
    }
    const auto moves = m_breaker->use([&](LoggedBreaker& it) { return it.moveTo(state, now()); });
    if (!moves.ok()) {
        return moves.error();
    }
    publish(*moves);
    return {};
}

Result<void> ProtectedService::resetBreaker()
{
    if (!m_breaker) {
        return noStage(m_name, "breaker");
    }
    publish(m_breaker->use([this](LoggedBreaker& it) { return it.reset(now()); }));
    return {};
}

ServiceView ProtectedService::view()
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
    if (m_breaker) {
        view.breaker = m_breaker->use([this](LoggedBreaker& it) { return it.view(now()); });
    }
    if (m_limiter) {
        view.limiter = m_limiter->use([this](Limiter& it) {
            return LimiterView{it.bucket.settings().rate, it.bucket.status(now())};
        });
    }
    if (m_budget) {
        view.budget = m_budget->use([this](RetryBudget& it) {
            return BudgetView{it.status(now()), it.granted(), it.refused()};
        });
    }
    if (m_turnstile) {
        view.bulkhead = m_turnstile->use([](Turnstile& it) { return it.view(); });
    }
    return view;
}

std::vector<CallLogBlock> ProtectedService::takeLog(bool all)
{
    return m_breaker && m_parts.logged
               ? m_breaker->use([all](LoggedBreaker& it) { return it.log().take(all); })
               : std::vector<CallLogBlock>();
}

std::optional<BreakerState> ProtectedService::breakerState() const
{
    return m_breaker
               ? std::optional(m_breaker->use([](const LoggedBreaker& it) { return it.state(); }))
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
