// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "protection/outcome_window.h"

namespace muster {

enum class BreakerState : std::uint8_t {
    closed,
    open,
    halfOpen,
    forcedOpen,   ///< by the operator: nothing passes
    disabled,     ///< by the operator: everything passes, nothing is counted
    metricsOnly,  ///< by the operator: everything passes and is counted
};

[[nodiscard]] std::string_view toString(BreakerState state) noexcept;

/// Whether an operator may move a breaker so. To where it stands it cannot move, and closed
/// cannot become half-open: nothing is to be probed.
[[nodiscard]] bool mayMove(BreakerState from, BreakerState to) noexcept;

/// Why a breaker moved.
enum class MoveCause : std::uint8_t {
    failureRate,
    slowRate,
    consecutiveFailures,
    waitOver,  ///< open for as long as it was to be
    probesFailed,
    probesSucceeded,
    halfOpenOver,  ///< undecided for as long as it may be
    operatorMoved,
    operatorReset,
};

[[nodiscard]] std::string_view toString(MoveCause cause) noexcept;

/// One move, for whoever publishes it.
struct BreakerMove {
    BreakerState from;
    BreakerState to;
    MoveCause cause;
    CallTally tally;  ///< what it was decided by
    Duration wait;    ///< if it opened: for so long
};

/// The moves of one input, in their order: an input that finds a half-open breaker overdue may
/// move it twice.
class BreakerMoves {
public:
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }
    [[nodiscard]] bool empty() const noexcept { return m_size == 0; }
    [[nodiscard]] const BreakerMove& operator[](std::size_t index) const noexcept
    {
        return *m_moves[index];
    }
    void add(const BreakerMove& move) noexcept { m_moves[m_size++] = move; }

private:
    static constexpr std::size_t kMost = 3;
    std::size_t m_size = 0;
    std::array<std::optional<BreakerMove>, kMost> m_moves;
};

}  // namespace muster
