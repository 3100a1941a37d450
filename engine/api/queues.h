// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace muster {

/// A place where something waits. Every one has a bound, and says what becomes of what comes then.
struct QueueInfo {
    std::string_view name;  ///< "mailbox"
    std::string_view holds;
    std::uint64_t bound = 0;    ///< as long as nothing else is set
    std::string_view setBy{};   ///< what sets the bound; empty: nothing does
    std::string_view full;      ///< what becomes of the next one
    std::string_view metric{};  ///< that counts what is given up; empty: none
};

[[nodiscard]] std::span<const QueueInfo> allQueues() noexcept;

}  // namespace muster
