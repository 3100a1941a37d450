// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "calls/protected_service.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// The gauges of one service, asked for at each sample; of a stage that is gone they are not
/// known. What they ask must live until removeServiceGauges(). Thread safety: one thread.
struct ServiceGauges {
    MetricRegistry& metrics;
    std::string_view service;
    std::function<std::shared_ptr<const ServiceMachines>()> machines;
    std::shared_ptr<const Clock> clock;

    void showBreaker() const;
    void showLimiter() const;
    void showBudget() const;
    void showTurnstile() const;

private:
    template <class Machine, class Read>
    void add(std::string_view name, std::shared_ptr<Machine> ServiceMachines::*stage,
             Read read) const;
};

/// Before the service goes.
void removeServiceGauges(MetricRegistry& metrics, std::string_view service);

}  // namespace muster
