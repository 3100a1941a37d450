// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/priority_lanes.h"

#include "runtime/internal/cell.h"
#include "runtime/internal/mailbox.h"

namespace muster::detail {
namespace {

constexpr std::array<Lane, kLanes> kByPrecedence{Lane::system, Lane::urgent, Lane::high,
                                                 Lane::plain, Lane::low};

[[nodiscard]] constexpr std::uint8_t bitOf(Lane lane) noexcept
{
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(lane));
}

// Coarse times wrap round.
[[nodiscard]] bool older(std::uint32_t stamp, std::uint32_t than) noexcept
{
    return static_cast<std::int32_t>(stamp - than) < 0;
}

}  // namespace

void PriorityLanes::put(Cell& cell, Envelope* envelope) noexcept
{
    const Lane lane = envelope->lane();
    List& list = of(lane);
    envelope->next = nullptr;
    (list.first == nullptr ? list.first : list.last->next) = envelope;
    list.last = envelope;
    cell.lanes = static_cast<std::uint8_t>(cell.lanes | bitOf(lane));
}

Envelope* PriorityLanes::front(const Cell& cell, Lane lane) const noexcept
{
    return lane == Lane::plain ? cell.first : m_lists[static_cast<std::size_t>(lane)].first;
}

Envelope* PriorityLanes::takeFrom(Cell& cell, Lane lane) noexcept
{
    if (lane == Lane::plain) {
        return takePlain(cell);
    }
    List& list = of(lane);
    Envelope* envelope = list.first;
    list.first = envelope->next;
    if (list.first == nullptr) {
        list.last = nullptr;
        cell.lanes = static_cast<std::uint8_t>(cell.lanes & ~bitOf(lane));
    }
    return envelope;
}

Lane PriorityLanes::longestWaiting(const Cell& cell) const noexcept
{
    Lane longest = Lane::plain;
    const Envelope* oldest = nullptr;
    for (const Lane lane : kByPrecedence) {
        // Of two that came at about the same time the one that is passed over more.
        const Envelope* first = front(cell, lane);
        if (first != nullptr && (oldest == nullptr || !older(oldest->stamp, first->stamp))) {
            longest = lane;
            oldest = first;
        }
    }
    return longest;
}

Envelope* PriorityLanes::take(Cell& cell) noexcept
{
    if (cell.first != nullptr && cell.first->kind() == EnvelopeKind::answer) {
        return takePlain(cell);
    }
    Lane next = Lane::plain;
    int waiting = 0;
    for (const Lane lane : kByPrecedence) {
        if (front(cell, lane) != nullptr && waiting++ == 0) {
            next = lane;
        }
    }
    m_ahead = waiting > 1 ? m_ahead + 1 : 0;
    if (m_ahead > kMostAhead) {
        m_ahead = 0;
        next = longestWaiting(cell);
    }
    return takeFrom(cell, next);
}

Envelope* PriorityLanes::takeOldestMail(Cell& cell) noexcept
{
    for (const Lane lane : {Lane::low, Lane::plain, Lane::high, Lane::urgent}) {
        if (lane == Lane::plain) {
            if (Envelope* mail = takeOldestPlainMail(cell)) {
                return mail;
            }
        } else if (front(cell, lane) != nullptr) {
            return takeFrom(cell, lane);
        }
    }
    return nullptr;
}

Envelope* PriorityLanes::close(Cell& cell, Envelope* chain) noexcept
{
    for (List& list : m_lists) {
        if (list.first != nullptr) {
            list.last->next = chain;
            chain = list.first;
            list = {};
        }
    }
    cell.lanes = 0;
    m_ahead = 0;
    return chain;
}

std::uint32_t PriorityLanes::oldestStamp(const Cell& cell) const noexcept
{
    const Envelope* oldest = front(cell, longestWaiting(cell));
    return oldest == nullptr ? 0 : oldest->stamp;
}

}  // namespace muster::detail
