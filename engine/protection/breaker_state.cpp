// SPDX-License-Identifier: Apache-2.0
#include "protection/breaker_state.h"

namespace muster {

std::string_view toString(BreakerState state) noexcept
{
    switch (state) {
        case BreakerState::closed:
            return "closed";
        case BreakerState::open:
            return "open";
        case BreakerState::halfOpen:
            return "half_open";
        case BreakerState::forcedOpen:
            return "forced_open";
        case BreakerState::disabled:
            return "disabled";
        case BreakerState::metricsOnly:
            return "metrics_only";
    }
    return "";
}

bool mayMove(BreakerState from, BreakerState to) noexcept
{
    return from != to && !(from == BreakerState::closed && to == BreakerState::halfOpen);
}

std::string_view toString(MoveCause cause) noexcept
{
    switch (cause) {
        case MoveCause::failureRate:
            return "failure_rate";
        case MoveCause::slowRate:
            return "slow_rate";
        case MoveCause::consecutiveFailures:
            return "consecutive_failures";
        case MoveCause::waitOver:
            return "wait_over";
        case MoveCause::probesFailed:
            return "probes_failed";
        case MoveCause::probesSucceeded:
            return "probes_succeeded";
        case MoveCause::halfOpenOver:
            return "half_open_over";
        case MoveCause::operatorMoved:
            return "operator";
        case MoveCause::operatorReset:
            return "reset";
    }
    return "";
}

}  // namespace muster
