// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// The agents that one call over many makes ready, given to the workers some hundred at a time:
/// one lock and one wake-up for all of those, not for each. Gives the rest when it goes.
/// Thread safety: one thread, with its own context.
class ReadyBatch {
public:
    explicit ReadyBatch(ThreadContext& context) noexcept : m_context(context) {}
    ReadyBatch(const ReadyBatch&) = delete;
    ReadyBatch& operator=(const ReadyBatch&) = delete;
    ~ReadyBatch() { give(); }

    /// One that the caller claimed and nobody runs.
    void add(Cell& cell)
    {
        m_cells[m_count++] = &cell;
        if (m_count == m_cells.size()) {
            give();
        }
    }
    void give();

private:
    // Few enough that the workers begin while the caller goes on.
    static constexpr std::size_t kMost = 256;

    ThreadContext& m_context;
    std::uint32_t m_count = 0;
    std::array<Cell*, kMost> m_cells;
};

}  // namespace muster::detail
