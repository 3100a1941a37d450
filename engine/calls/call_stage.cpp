// SPDX-License-Identifier: Apache-2.0
#include "calls/call_stage.h"

#include <array>

namespace muster {

std::string_view toString(CallStage stage) noexcept
{
    constexpr std::array<std::string_view, kCallStages> kNames{"deadline", "retry",   "admission",
                                                               "limiter",  "breaker", "bulkhead",
                                                               "timeout",  "action",  "fallback"};
    return kNames[static_cast<std::size_t>(stage)];
}

}  // namespace muster
