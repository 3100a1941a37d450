// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/event_block.h"

#include <algorithm>
#include <array>
#include <cstddef>

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

Result<std::optional<EventBlock>> readBlock(Statement& statement, std::int64_t id)
{
    const auto row = statement.bind(1, id).step();
    if (!row) {
        return row.error();
    }
    std::optional<EventBlock> block;
    if (*row && rowHolds(statement)) {
        block = EventBlock{.id = statement.integer(0),
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

void EventBlock::add(std::int64_t at, std::int64_t sequence, std::int64_t run, std::int64_t type,
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

Result<EventBlockTable> EventBlockTable::open(Database& database)
{
    EventBlockTable table;
    const struct {
        Statement& statement;
        const char* sql;
    } statements[] = {
        {table.m_find, "SELECT * FROM event_blocks WHERE id = ?1"},
        {table.m_findFrom, "SELECT * FROM event_blocks WHERE id >= ?1 ORDER BY id LIMIT 1"},
        {table.m_put, "INSERT OR REPLACE INTO event_blocks VALUES(?,?,?,?,?,?,?,?,?,?,?)"},
        {table.m_remove, "DELETE FROM event_blocks WHERE id = ?1"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = database.prepare(sql);
        if (!prepared) {
            return prepared.error();
        }
        statement = std::move(prepared).value();
    }
    return table;
}

Result<std::optional<EventBlock>> EventBlockTable::find(std::int64_t id)
{
    return readBlock(m_find, id);
}

Result<std::optional<EventBlock>> EventBlockTable::findFrom(std::int64_t id)
{
    return readBlock(m_findFrom, id);
}

Result<void> EventBlockTable::put(const EventBlock& block)
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

Result<void> EventBlockTable::remove(std::int64_t id)
{
    return m_remove.bind(1, id).run();
}

}  // namespace muster
