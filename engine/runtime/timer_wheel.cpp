// SPDX-License-Identifier: Apache-2.0
#include "runtime/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace muster {
namespace {

std::uint64_t tickOf(MonoTime time, int shift) noexcept
{
    return time.nanoseconds <= 0 ? 0 : static_cast<std::uint64_t>(time.nanoseconds) >> shift;
}

}  // namespace

TimerWheel::TimerWheel(MonoTime start) noexcept : m_tick(tickOf(start, kTickShift)) {}

void TimerWheel::insert(TimerNode& node, MonoTime deadline) noexcept
{
    node.deadline = deadline;
    place(node);
    ++m_size;
}

void TimerWheel::cancel(TimerNode& node) noexcept
{
    if (node.pending()) {
        unlink(node);
        --m_size;
    }
}

void TimerWheel::place(TimerNode& node) noexcept
{
    const std::uint64_t tick = std::max(tickOf(node.deadline, kTickShift), m_tick);
    // The level is the highest digit in which tick and now differ. Eight levels of six bits
    // above a tick's sixteen are all the bits there are.
    const std::uint64_t differ = tick ^ m_tick;
    const int level = differ == 0 ? 0 : static_cast<int>(std::bit_width(differ) - 1) / kSlotBits;
    const std::uint64_t slot = (tick >> (level * kSlotBits)) & (kSlots - 1);
    Level& home = m_levels[static_cast<std::size_t>(level)];
    Slot& list = home.lists[slot];
    if (list.end == nullptr) {
        list.end = &list.first;
    }
    node.next = nullptr;
    node.link = list.end;
    *list.end = &node;
    list.end = &node.next;
    home.used |= std::uint64_t{1} << slot;
    node.place =
        static_cast<std::uint16_t>(level * static_cast<int>(kSlots) + static_cast<int>(slot));
}

void TimerWheel::unlink(TimerNode& node) noexcept
{
    Level& home = m_levels[node.place / kSlots];
    Slot& list = home.lists[node.place % kSlots];
    *node.link = node.next;
    if (node.next != nullptr) {
        node.next->link = node.link;
    } else {
        list.end = node.link;
    }
    if (list.first == nullptr) {
        home.used &= ~(std::uint64_t{1} << (node.place % kSlots));
    }
    node.next = nullptr;
    node.link = nullptr;
}

TimerNode* TimerWheel::expired(MonoTime now) noexcept
{
    if (m_size == 0) {
        m_tick = std::max(m_tick, tickOf(now, kTickShift));
        return nullptr;
    }
    const std::uint64_t until = tickOf(now, kTickShift);
    for (;;) {
        if (TimerNode* node = takeDue(now)) {
            --m_size;
            return node;
        }
        if (m_tick >= until) {
            return nullptr;
        }
        turnTowards(until);
    }
}

TimerNode* TimerWheel::takeDue(MonoTime now) noexcept
{
    Slot& list = m_levels[0].lists[m_tick & (kSlots - 1)];
    for (TimerNode* node = list.first; node != nullptr; node = node->next) {
        if (node->deadline <= now) {
            unlink(*node);
            return node;
        }
    }
    return nullptr;
}

TimerWheel::Ahead TimerWheel::nextSlot() const noexcept
{
    // Timers of a level share all higher digits with now, so lower levels come first.
    for (int level = 0; level < kLevels; ++level) {
        const int shift = level * kSlotBits;
        const std::uint64_t digit = (m_tick >> shift) & (kSlots - 1);
        const Level& wheel = m_levels[static_cast<std::size_t>(level)];
        const std::uint64_t ahead =
            digit == kSlots - 1 ? 0 : wheel.used & (~std::uint64_t{0} << (digit + 1));
        if (ahead != 0) {
            const auto slot = static_cast<std::uint64_t>(std::countr_zero(ahead));
            const std::uint64_t above = (m_tick >> shift) & ~std::uint64_t{kSlots - 1};
            return {level, static_cast<std::size_t>(slot), (above | slot) << shift};
        }
    }
    return {-1, 0, 0};
}

void TimerWheel::turnTowards(std::uint64_t tick) noexcept
{
    const Ahead next = nextSlot();
    if (next.level < 0 || next.tick > tick) {
        m_tick = tick;
        return;
    }
    m_tick = next.tick;
    if (next.level == 0) {
        return;
    }
    // Its timers now differ from now in a lower digit.
    Level& wheel = m_levels[static_cast<std::size_t>(next.level)];
    TimerNode* node = wheel.lists[next.slot].first;
    wheel.lists[next.slot] = Slot{};
    wheel.used &= ~(std::uint64_t{1} << next.slot);
    while (node != nullptr) {
        TimerNode* following = node->next;
        place(*node);
        node = following;
    }
}

std::optional<MonoTime> TimerWheel::earliest() const noexcept
{
    const TimerNode* node = m_levels[0].lists[m_tick & (kSlots - 1)].first;
    if (node == nullptr) {
        const Ahead next = nextSlot();
        if (next.level < 0) {
            return std::nullopt;
        }
        node = m_levels[static_cast<std::size_t>(next.level)].lists[next.slot].first;
    }
    MonoTime least = node->deadline;
    for (; node != nullptr; node = node->next) {
        least = std::min(least, node->deadline);
    }
    return least;
}

}  // namespace muster
