// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "runtime/directory.h"
#include "runtime/internal/core.h"

namespace muster {

/// A walk over all cells, reading only their atomics. Nothing that it meets is freed meanwhile.
/// Thread safety: any thread; one scan each.
class DirectoryScan {
public:
    explicit DirectoryScan(const detail::Core& core) noexcept
        : m_core(core), m_guard(core.reclaimer)
    {
    }

    template <class Visit>
    void forEach(Visit&& visit) const
    {
        const std::uint32_t used = m_core.slots.used();
        for (std::uint32_t slot = 0; slot < used; ++slot) {
            const detail::Cell& cell = m_core.slots.at(slot);
            if (cell.phase.load(std::memory_order_acquire) <= detail::Phase::unborn) {
                continue;
            }
            const AgentId id = m_core.slots.idOf(cell);
            const detail::AgentGroup* group = cell.group.load(std::memory_order_seq_cst);
            if (group != nullptr && !visit(entry(cell, *group, id))) {
                return;
            }
        }
    }
    template <class Visit>
    void forEachCell(Visit&& visit) const
    {
        const std::uint32_t used = m_core.slots.used();
        for (std::uint32_t slot = 0; slot < used; ++slot) {
            const detail::Cell& cell = m_core.slots.at(slot);
            if (cell.phase.load(std::memory_order_relaxed) > detail::Phase::unborn) {
                visit(cell);
            }
        }
    }

    [[nodiscard]] DirectoryEntry entry(const detail::Cell& cell, const detail::AgentGroup& group,
                                       AgentId id) const noexcept
    {
        return {m_core, cell, group, id};
    }
    [[nodiscard]] const detail::Cell& cellOf(const DirectoryEntry& entry) const noexcept
    {
        return entry.m_cell;
    }
    /// All but the rate.
    [[nodiscard]] DirectoryRow row(const DirectoryEntry& entry) const;
    [[nodiscard]] std::optional<Duration> oldest(const detail::Cell& cell) const noexcept;
    [[nodiscard]] std::uint64_t bytes(const DirectoryEntry& entry) const noexcept;
    [[nodiscard]] std::string_view action(const detail::Cell& cell) const noexcept;
    [[nodiscard]] static std::optional<Duration> quantile(const detail::Cell& cell,
                                                          double share) noexcept;

private:
    const detail::Core& m_core;
    detail::ReadGuard m_guard;
};

}  // namespace muster
