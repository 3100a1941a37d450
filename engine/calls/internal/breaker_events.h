// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "events/publisher.h"
#include "protection/breaker_state.h"

namespace muster {

/// Each move of a service's breaker as its event: breaker.opened, breaker.half_opened,
/// breaker.closed, or breaker.bypassed for what an operator makes pass. Thread safety: any.
void publishBreakerMoves(Publisher& publisher, std::string_view service, const BreakerMoves& moves);

}  // namespace muster
