// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/directory_scan.h"

#include "runtime/internal/lifecycle.h"

namespace muster {

using detail::Cell;
using detail::Core;

DirectoryRow DirectoryScan::row(const DirectoryEntry& entry) const
{
    const Cell& cell = entry.m_cell;
    DirectoryRow row;
    row.id = entry.id();
    row.name = entry.name();
    row.type = entry.type();
    row.state = entry.state();
    row.handled = entry.handled();
    row.mailbox = entry.mailbox();
    row.oldest = oldest(cell);
    row.p50 = quantile(cell, 0.5);
    row.p99 = quantile(cell, 0.99);
    row.bytes = bytes(entry);
    row.restarts = entry.restarts();
    row.action = action(cell);
    return row;
}

std::optional<Duration> DirectoryScan::oldest(const Cell& cell) const noexcept
{
    if (cell.waiting() == 0) {
        return std::nullopt;
    }
    const std::uint32_t age = m_core.coarseNow.load(std::memory_order_relaxed) -
                              cell.frontStamp.load(std::memory_order_relaxed);
    // A stamp from a moment after coarseNow was read is no age at all.
    const bool ahead = age > UINT32_MAX / 2;
    return Duration(ahead ? 0 : std::int64_t{age} << Core::kCoarseShift);
}

std::uint64_t DirectoryScan::bytes(const DirectoryEntry& entry) const noexcept
{
    return detail::bytesPerAgent(*entry.m_group.ops) + entry.mailbox() * sizeof(detail::Envelope) +
           (entry.m_cell.side.load(std::memory_order_relaxed) == nullptr
                ? 0
                : sizeof(detail::CellSide));
}

std::string_view DirectoryScan::action(const Cell& cell) const noexcept
{
    return m_core.labels.text(cell.action.load(std::memory_order_relaxed));
}

std::optional<Duration> DirectoryScan::quantile(const Cell& cell, double share) noexcept
{
    const detail::CellSide* side = cell.side.load(std::memory_order_acquire);
    return side == nullptr ? std::nullopt : side->times.quantile(share);
}

}  // namespace muster
