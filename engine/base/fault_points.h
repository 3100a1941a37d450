// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace muster {

/// Named places where a test or an operator can make the next, or the n-th next, pass fail.
/// Costs one relaxed load while nothing is armed. Thread safety: any thread.
class FaultPoints {
public:
    /// From the `nth` coming pass on (1 = the next), `times` passes at `point` fail with `error`.
    void arm(std::string point, Error error, std::uint64_t nth = 1, std::uint64_t times = 1);
    void disarm(std::string_view point);

    /// The error to fail with, or nothing: go on.
    [[nodiscard]] std::optional<Error> pass(std::string_view point)
    {
        if (m_armed.load(std::memory_order_relaxed) == 0) {
            return std::nullopt;
        }
        return passArmed(point);
    }

private:
    struct Fault {
        Error error;
        std::uint64_t passesLeft = 0;
        std::uint64_t timesLeft = 0;
    };

    [[nodiscard]] std::optional<Error> passArmed(std::string_view point);

    std::atomic<std::uint32_t> m_armed{0};
    std::mutex m_mutex;  // guards m_faults
    std::map<std::string, Fault, std::less<>> m_faults;
};

}  // namespace muster
