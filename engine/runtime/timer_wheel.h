// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace muster {

class TimerWheel;

/// One pending deadline, embedded in whatever waits for it: setting and cancelling a timer
/// allocates nothing. Belongs to at most one wheel.
struct TimerNode {
    MonoTime deadline;
    TimerNode* next = nullptr;
    TimerNode** link = nullptr;  ///< what points at this node; null: not in a wheel
    std::uint64_t owner = 0;     ///< whose it is; the meaning is the user's, as of the next two
    std::uint64_t number = 0;
    std::uint16_t kind = 0;
    std::uint16_t shard = 0;  ///< which of several wheels
    std::uint16_t place = 0;  ///< the wheel's: level and slot

    TimerNode() = default;
    TimerNode(const TimerNode&) = delete;
    TimerNode& operator=(const TimerNode&) = delete;
    [[nodiscard]] bool pending() const noexcept { return link != nullptr; }
};

/// Timers by deadline in kLevels wheels of 64 slots, each level 64 times coarser than the one
/// below (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987). Insert and cancel
/// are O(1); deadlines are kept exactly, so a timer never fires early, nor later than the next
/// advance(). A pure structure: it reads no clock. Thread safety: one thread at a time.
class TimerWheel {
public:
    explicit TimerWheel(MonoTime start = {}) noexcept;

    /// A deadline in the past fires at the next advance().
    void insert(TimerNode& node, MonoTime deadline) noexcept;
    void cancel(TimerNode& node) noexcept;

    /// Takes out one timer whose deadline is not after `now`, or null when there is none left.
    /// Call until null. Order: by deadline to within a tick, then in the order of insertion.
    [[nodiscard]] TimerNode* expired(MonoTime now) noexcept;

    /// The earliest deadline; walks only the first slot in use.
    [[nodiscard]] std::optional<MonoTime> earliest() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }

    static constexpr int kTickShift = 16;  ///< a tick is 65.5 µs
    static constexpr int kSlotBits = 6;
    static constexpr int kLevels = 8;

private:
    static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

    struct Slot {
        TimerNode* first = nullptr;
        TimerNode** end = nullptr;  ///< where the next one is linked
    };
    struct Level {
        std::uint64_t used = 0;  ///< one bit per slot
        std::array<Slot, kSlots> lists;
    };

    struct Ahead {
        int level;  ///< negative: none
        std::size_t slot;
        std::uint64_t tick;  ///< the slot's first
    };

    void place(TimerNode& node) noexcept;
    void unlink(TimerNode& node) noexcept;
    [[nodiscard]] TimerNode* takeDue(MonoTime now) noexcept;
    [[nodiscard]] Ahead nextSlot() const noexcept;
    void turnTowards(std::uint64_t tick) noexcept;

    std::uint64_t m_tick;  ///< every timer before this tick has fired
    std::size_t m_size = 0;
    std::array<Level, kLevels> m_levels;
};

}  // namespace muster
