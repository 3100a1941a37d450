// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/block.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "storage/internal/row.h"

namespace muster {

namespace {

using TypeBytes = std::array<std::byte, kBlockTypes / 8>;

TypeBytes encode(const TypeSet& types)
{
    TypeBytes bytes{};
    for (std::size_t type = 0; type < kBlockTypes; ++type) {
        if (types[type]) {
            bytes[type / 8] |= std::byte{1} << (type % 8);
        }
    }
    return bytes;
}

std::optional<TypeSet> decode(std::span<const std::byte> bytes)
{
    if (bytes.size() != kBlockTypes / 8) {
        return std::nullopt;
    }
    TypeSet types;
    for (std::size_t type = 0; type < kBlockTypes; ++type) {
        types[type] = (bytes[type / 8] & (std::byte{1} << (type % 8))) != std::byte{};
    }
    return types;
}

Result<std::optional<Block>> readBlock(Statement& statement, std::int64_t id)
{
    const auto row = statement.bind(1, id).step();
    if (!row) {
        return row.error();
    }
    std::optional<Block> block;
    if (*row && rowHolds(statement)) {
        block = Block{.id = statement.integer(0),
                      .rows = statement.integer(1),
                      .durable = statement.integer(2),
                      .fromAt = statement.integer(3),
                      .toAt = statement.integer(4),
                      .fromSequence = statement.integer(5),
                      .toSequence = statement.integer(6),
                      .fromRun = statement.integer(7),
                      .toRun = statement.integer(8),
                      .types = decode(statement.blob(9))};
    }
    statement.reset();
    return block;
}

}  // namespace

void Block::add(std::int64_t at, std::int64_t sequence, std::int64_t run, std::int64_t type,
                bool isDurable)
{
    if (rows == 0) {
        fromAt = toAt = at;
        fromSequence = toSequence = sequence;
        fromRun = toRun = run;
        types = TypeSet{};
    }
    ++rows;
    durable += isDurable ? 1 : 0;
    fromAt = std::min(fromAt, at);
    toAt = std::max(toAt, at);
    fromSequence = std::min(fromSequence, sequence);
    toSequence = std::max(toSequence, sequence);
    fromRun = std::min(fromRun, run);
    toRun = std::max(toRun, run);
    if (type >= std::int64_t{kBlockTypes}) {
        types.reset();
    } else if (types) {
        types->set(static_cast<std::size_t>(type));
    }
}

Result<BlockTable> BlockTable::open(Database& database, std::string_view name)
{
    BlockTable table;
    const struct {
        Statement& statement;
        const char* sql;
    } statements[] = {
        {table.m_find, "SELECT * FROM {} WHERE id = ?1"},
        {table.m_findFrom, "SELECT * FROM {} WHERE id >= ?1 ORDER BY id LIMIT 1"},
        {table.m_put, "INSERT OR REPLACE INTO {} VALUES(?,?,?,?,?,?,?,?,?,?,?)"},
        {table.m_remove, "DELETE FROM {} WHERE id = ?1"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = database.prepare(fmt::format(fmt::runtime(sql), name));
        if (!prepared) {
            return prepared.error();
        }
        statement = std::move(prepared).value();
    }
    return table;
}

Result<std::optional<Block>> BlockTable::find(std::int64_t id)
{
    return readBlock(m_find, id);
}

Result<std::optional<Block>> BlockTable::findFrom(std::int64_t id)
{
    return readBlock(m_findFrom, id);
}

Result<void> BlockTable::put(const Block& block)
{
    const TypeBytes types = block.types ? encode(*block.types) : TypeBytes{};
    const std::span<const std::byte> bytes(types);
    return RowWriter(m_put)
        .put(block.id)
        .put(block.rows)
        .put(block.durable)
        .put(block.fromAt)
        .put(block.toAt)
        .put(block.fromSequence)
        .put(block.toSequence)
        .put(block.fromRun)
        .put(block.toRun)
        .put(block.types ? bytes : bytes.first(0))
        .insert();
}

Result<void> BlockTable::remove(std::int64_t id)
{
    return m_remove.bind(1, id).run();
}

// ---- BlockTail ----------------------------------------------------------------------------

Result<BlockTail> BlockTail::open(Database& database, std::string_view table, int shift,
                                  std::int64_t lastRow)
{
    auto opened = BlockTable::open(database, table);
    if (!opened) {
        return opened.error();
    }
    BlockTail tail;
    tail.m_table = std::move(opened).value();
    tail.m_shift = shift;
    const std::int64_t next = (lastRow + 1) >> shift;
    const auto block = tail.m_table.find(next);
    if (!block) {
        return block.error();
    }
    tail.m_block = block->value_or(Block{.id = next});
    return tail;
}

Result<Block*> BlockTail::blockOf(std::int64_t row)
{
    if (row >> m_shift != m_block.id) {
        if (auto done = finish(); !done) {
            return done.error();
        }
        m_block = Block{.id = row >> m_shift};
    }
    m_changed = true;
    return &m_block;
}

Result<void> BlockTail::finish()
{
    if (!std::exchange(m_changed, false) || m_block.rows == 0) {
        return {};
    }
    return m_table.put(m_block);
}

}  // namespace muster
