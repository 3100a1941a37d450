// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace muster {

/// Lets through about so many a second, early ones first. Thread safety: any thread.
class EventPace {
public:
    static constexpr std::int64_t kPerSecond = 1000;

    [[nodiscard]] bool pass(MonoTime now) noexcept;

private:
    static constexpr std::int64_t kSlicesPerSecond = 10;
    static constexpr std::int64_t kSlice = 1'000'000'000 / kSlicesPerSecond;

    std::atomic<std::int64_t> m_slice{-1};
    std::atomic<std::int64_t> m_left{0};
};

}  // namespace muster
