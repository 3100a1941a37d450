// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/internal/database.h"
#include "storage/internal/schema.h"

namespace muster {

using TypeSet = std::bitset<kBlockTypes>;

/// What is in one block of rows of a table that only grows at its end (events, metric frames), so
/// that a query can pass it over unread, and notice when rows are missing from it.
struct Block {
    std::int64_t id = 0;  ///< the rows' ids shifted right
    std::int64_t rows = 0;
    std::int64_t durable = 0;
    std::int64_t fromAt = 0;
    std::int64_t toAt = 0;
    std::int64_t fromSequence = 0;
    std::int64_t toSequence = 0;
    std::int64_t fromRun = 0;
    std::int64_t toRun = 0;
    std::optional<TypeSet> types = std::nullopt;  ///< of events; empty: any

    void add(std::int64_t at, std::int64_t sequence, std::int64_t run, std::int64_t type,
             bool isDurable);
};

/// The first and last id that belong to a block.
[[nodiscard]] constexpr std::int64_t firstOfBlock(std::int64_t block, int shift) noexcept
{
    return block << shift;
}
[[nodiscard]] constexpr std::int64_t lastOfBlock(std::int64_t block, int shift) noexcept
{
    return ((block + 1) << shift) - 1;
}

/// A table of blocks: event_blocks or frame_blocks. Thread safety: one thread at a time.
class BlockTable {
public:
    [[nodiscard]] static Result<BlockTable> open(Database& database, std::string_view table);

    /// Empty: there is no such block, or what is known of it is damaged.
    [[nodiscard]] Result<std::optional<Block>> find(std::int64_t id);
    /// The first one from `id` on.
    [[nodiscard]] Result<std::optional<Block>> findFrom(std::int64_t id);
    [[nodiscard]] Result<void> put(const Block& block);
    [[nodiscard]] Result<void> remove(std::int64_t id);

private:
    Statement m_find;
    Statement m_findFrom;
    Statement m_put;
    Statement m_remove;
};

/// Keeps the blocks of a table while rows are added to its end, inside the caller's transaction.
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class BlockTail {
public:
    [[nodiscard]] static Result<BlockTail> open(Database& database, std::string_view table,
                                                int shift, std::int64_t lastRow);
    BlockTail() = default;

    /// Where the row with this id belongs, to be told of it.
    [[nodiscard]] Result<Block*> blockOf(std::int64_t row);
    /// Before each commit.
    [[nodiscard]] Result<void> finish();
    /// The one that still grows: not for others to change.
    [[nodiscard]] std::int64_t openBlock() const noexcept { return m_block.id; }

private:
    BlockTable m_table;
    Block m_block;
    int m_shift = 0;
    bool m_changed = false;
};

}  // namespace muster
