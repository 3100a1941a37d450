// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "telemetry/metric_registry.h"

namespace muster {

/// The gauges of one service, asked for at each sample. Thread safety: one thread.
struct ServiceGauges {
    MetricRegistry& metrics;
    std::string_view service;

    template <class Read>
    void add(std::string_view name, Read read)
    {
        metrics.gaugeFunction(name, std::move(read), {{"service", service}});
    }
};

/// Before the service goes.
inline void removeServiceGauges(MetricRegistry& metrics, std::string_view service)
{
    for (const std::string_view name :
         {"breaker.state", "breaker.failure_rate", "limiter.remaining", "retry.budget.used",
          "bulkhead.limit", "bulkhead.in_use", "bulkhead.waiting"}) {
        metrics.removeFunction(name, {{"service", service}});
    }
}

}  // namespace muster
