// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace muster {

/// The stages of a protected call, in the order a call comes to them:
/// deadline → retry { admission → limiter → breaker → bulkhead → timeout → action } → fallback.
enum class CallStage : std::uint8_t {
    deadline,
    retry,
    admission,
    limiter,
    breaker,
    bulkhead,
    timeout,
    action,
    fallback,
};

inline constexpr std::size_t kCallStages = 9;

/// "limiter", as it stands in metrics and events.
[[nodiscard]] std::string_view toString(CallStage stage) noexcept;

}  // namespace muster
