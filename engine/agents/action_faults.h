// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/rng.h"
#include "base/spin_lock.h"
#include "protection/failure_class.h"

namespace muster {

/// What goes wrong with attempts of an action, on purpose.
struct ActionFault {
    enum class Kind : std::uint8_t {
        delay,  ///< they begin so much later
        error,  ///< they fail at once
        hang,   ///< they never end but by their timeout
    };

    Kind kind = Kind::error;
    double share = 1;                              ///< of the attempts
    Duration delay{};                              ///< of a delay
    FailureClass failure = FailureClass::network;  ///< of an error
};

/// The fault of one action, if it has one now. Free while it has none.
/// Thread safety: any thread.
class ActionFaults {
public:
    /// In place of the one before; none: all goes well again.
    void set(const std::optional<ActionFault>& fault) noexcept;
    [[nodiscard]] std::optional<ActionFault> current() const noexcept;
    [[nodiscard]] bool active() const noexcept { return m_active.load(std::memory_order_relaxed); }
    /// The fault of one attempt, by chance; counted if there is one.
    [[nodiscard]] std::optional<ActionFault> draw(const Rng& ofAttempt) noexcept;
    /// Attempts that had one, since it was set.
    [[nodiscard]] std::uint64_t hits() const noexcept
    {
        return m_hits.load(std::memory_order_relaxed);
    }

private:
    std::atomic<bool> m_active{false};
    std::atomic<std::uint64_t> m_hits{0};
    mutable SpinLock m_lock;  // guards m_fault
    std::optional<ActionFault> m_fault;
};

}  // namespace muster
