// SPDX-License-Identifier: Apache-2.0
#include "calls/internal/service_gauges.h"

namespace muster {

template <class Machine, class Read>
void ServiceGauges::add(std::string_view name, std::shared_ptr<Machine> ServiceMachines::*stage,
                        Read read) const
{
    auto ask = [machines = machines, clock = clock, stage, read = std::move(read)] {
        const auto all = machines();
        const auto& machine = (*all).*stage;
        return machine ? machine->use([&](auto& it) -> Reading { return read(it, clock->now()); })
                       : Reading::unknown("the service has no such stage now");
    };
    metrics.gaugeFunction(name, std::move(ask), {{"service", service}});
}

void ServiceGauges::showBreaker() const
{
    add("breaker.state", &ServiceMachines::breaker,
        [](LoggedBreaker& it, MonoTime) { return Reading::of(static_cast<double>(it.state())); });
    add("breaker.failure_rate", &ServiceMachines::breaker, [](LoggedBreaker& it, MonoTime now) {
        const auto rate = it.view(now).failureRate;
        return rate ? Reading::of(*rate) : Reading::unknown("too few calls in the window to say");
    });
}

void ServiceGauges::showLimiter() const
{
    add("limiter.remaining", &ServiceMachines::limiter, [](ServiceLimiter& it, MonoTime now) {
        const auto view = it.view(now);
        return view.keyed ? Reading::unknown("each caller has a limit of its own")
                          : Reading::of(static_cast<double>(view.status.remaining));
    });
}

void ServiceGauges::showBudget() const
{
    add("retry.budget.used", &ServiceMachines::budget, [](RetryBudget& it, MonoTime now) {
        const auto status = it.status(now);
        return status.allowed > 0 ? Reading::of(status.used / status.allowed)
                                  : Reading::unknown("the budget allows no retries");
    });
}

void ServiceGauges::showTurnstile() const
{
    const auto part = [this](std::string_view name, auto TurnstileView::*member) {
        add(name, &ServiceMachines::turnstile, [member](Turnstile& it, MonoTime) {
            return Reading::of(static_cast<double>(it.view().*member));
        });
    };
    part("bulkhead.limit", &TurnstileView::concurrent);
    part("bulkhead.in_use", &TurnstileView::inUse);
    part("bulkhead.waiting", &TurnstileView::waiting);
}

void removeServiceGauges(MetricRegistry& metrics, std::string_view service)
{
    for (const std::string_view name :
         {"breaker.state", "breaker.failure_rate", "limiter.remaining", "retry.budget.used",
          "bulkhead.limit", "bulkhead.in_use", "bulkhead.waiting"}) {
        metrics.removeFunction(name, {{"service", service}});
    }
}

}  // namespace muster
