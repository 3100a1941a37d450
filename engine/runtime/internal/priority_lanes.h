// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "runtime/envelope.h"

namespace muster::detail {

struct Cell;

/// Where mail of other than normal priority waits: a list for each lane, beside the mailbox's own
/// list of plain mail and answers. An agent has them from its first such message on; one that
/// never gets any pays for them with one look at a byte, Cell::lanes, which has a bit for each
/// lane that is not empty. The order in which messages are taken is that of Priority.
/// Thread safety: as the mailbox's own list.
class PriorityLanes {
public:
    void put(Cell& cell, Envelope* envelope) noexcept;
    /// The next message of all lanes, the plain one included. Only while one of these is not empty.
    [[nodiscard]] Envelope* take(Cell& cell) noexcept;
    /// The oldest counted message of the lowest priority, or null; for a mailbox that sheds.
    [[nodiscard]] Envelope* takeOldestMail(Cell& cell) noexcept;
    /// What waits here, in front of `chain`.
    [[nodiscard]] Envelope* close(Cell& cell, Envelope* chain) noexcept;
    /// When the message was sent that has waited longest, the plain one included.
    [[nodiscard]] std::uint32_t oldestStamp(const Cell& cell) const noexcept;

private:
    struct List {
        Envelope* first = nullptr;
        Envelope* last = nullptr;
    };

    [[nodiscard]] List& of(Lane lane) noexcept { return m_lists[static_cast<std::size_t>(lane)]; }
    [[nodiscard]] Envelope* front(const Cell& cell, Lane lane) const noexcept;
    [[nodiscard]] Envelope* takeFrom(Cell& cell, Lane lane) noexcept;
    [[nodiscard]] Lane longestWaiting(const Cell& cell) const noexcept;

    std::array<List, kLanes> m_lists;  // the plain one stays empty: it is in the cell
    std::uint32_t m_ahead = 0;         // messages in a row that went before others
};

}  // namespace muster::detail
