// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace muster {

/// Why an action failed, as far as it matters to what protects the call.
enum class FailureClass : std::uint8_t {
    network,
    timeout,
    application,
    rejected,  ///< by the dependency itself: its 429 or 503
    ignored,   ///< says nothing about the dependency
};

/// Those that say something; `ignored` stands behind them.
inline constexpr std::size_t kFailureClasses = 4;

[[nodiscard]] std::string_view toString(FailureClass failure) noexcept;

/// How an action ended.
struct CallOutcome {
    enum class End : std::uint8_t { succeeded, failed, cancelled };

    End end = End::succeeded;
    FailureClass failure = FailureClass::ignored;  ///< if it failed

    [[nodiscard]] static constexpr CallOutcome success() noexcept { return {}; }
    [[nodiscard]] static constexpr CallOutcome failed(FailureClass failure) noexcept
    {
        return {End::failed, failure};
    }
    [[nodiscard]] static constexpr CallOutcome cancelled() noexcept
    {
        return {End::cancelled, FailureClass::ignored};
    }
};

}  // namespace muster
