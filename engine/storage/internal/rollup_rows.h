// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/ids.h"
#include "storage/internal/block.h"
#include "storage/internal/rollup.h"
#include "storage/internal/row_scan.h"

namespace muster {

/// Rolls metric frames up into spans of 10 s, those into spans of a minute, and those of 10: a
/// span is written once all of it is there, and how far that went stands in the same transaction.
/// A span whose samples came late is written in two rows. Inside the caller's transaction; after a
/// rollback it must be opened anew. Thread safety: one thread at a time.
class RollupRows {
public:
    [[nodiscard]] static Result<RollupRows> open(Database& database, Progress& progress);
    RollupRows() = default;

    /// Whether enough came since the last slice for another.
    [[nodiscard]] bool waits() const noexcept;
    /// A bounded number of rows of one level into the next.
    [[nodiscard]] Result<void> advance();
    /// Before each commit.
    [[nodiscard]] Result<void> finish();
    /// Of a level: the block that still grows.
    [[nodiscard]] std::int64_t openBlock(std::size_t level) const noexcept
    {
        return m_levels[level].blocks.openBlock();
    }

private:
    struct Level {
        std::optional<RowScan> source;
        Statement insert;
        BlockTail blocks;
        std::int64_t tried = 0;  ///< the last of the source when a slice found nothing to write
    };
    /// The span that is being gathered.
    struct Span {
        std::int64_t run = 0;
        std::int64_t at = 0;
        std::int64_t toAt = 0;
        std::int64_t source = 0;
        Rollup rollup{};
    };

    [[nodiscard]] bool waits(std::size_t level) const noexcept;
    [[nodiscard]] Result<void> advance(std::size_t level);
    [[nodiscard]] Result<void> take(std::size_t level, const Statement& row, Span& span);
    [[nodiscard]] Result<void> write(std::size_t level, const Span& span);

    std::array<Level, kMetricLevels> m_levels;  // the first is unused
    Progress* m_progress = nullptr;
};

}  // namespace muster
