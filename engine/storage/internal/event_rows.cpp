// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/event_rows.h"

#include <algorithm>
#include <utility>

#include "storage/internal/row.h"

namespace muster {

Result<EventRows> EventRows::open(Database& database, RunId run, std::uint64_t origin)
{
    EventRows rows;
    rows.m_run = run;
    rows.m_origin = origin;
    auto insert = database.prepare("INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    if (!insert) {
        return insert.error();
    }
    rows.m_insert = std::move(insert).value();
    auto blocks = EventBlockTable::open(database);
    if (!blocks) {
        return blocks.error();
    }
    rows.m_blocks = std::move(blocks).value();

    // A position is never used twice, even when retention deleted the last events.
    const auto lastEvent = database.queryInteger("SELECT max(id) FROM events");
    const auto lastBlock = database.queryInteger("SELECT max(id) FROM event_blocks");
    if (!lastEvent || !lastBlock) {
        return lastEvent ? lastBlock.error() : lastEvent.error();
    }
    rows.m_next = *lastEvent + 1;
    if (*lastBlock > *lastEvent >> kBlockShift) {
        rows.m_next = (*lastBlock + 1) << kBlockShift;
    }
    const auto block = rows.m_blocks.find(rows.m_next >> kBlockShift);
    if (!block) {
        return block.error();
    }
    rows.m_block = block->value_or(EventBlock{.id = rows.m_next >> kBlockShift});
    return rows;
}

Result<void> EventRows::append(const EventRowView& event)
{
    const std::int64_t block = m_next >> kBlockShift;
    if (block != m_block.id) {
        if (auto done = finish(); !done) {
            return done;
        }
        m_block = EventBlock{.id = block};
    }
    const auto sequence = static_cast<std::int64_t>(event.id.sequence);
    RowWriter row(m_insert);
    row.put(m_next).put(std::int64_t{m_run.value}).put(sequence).put(event.at.nanoseconds);
    row.put(event.type).put(event.source).put(event.data).putId(event.trace.value);
    row.putId(event.cause.sequence).putId(event.correlation.value);
    row.put(std::int64_t{event.durable}).put(std::int64_t{event.version});
    row.putId(event.id.origin == m_origin ? 0 : event.id.origin);
    row.putId(!event.cause || event.cause.origin == m_origin ? 0 : event.cause.origin);
    if (auto done = row.insert(); !done) {
        return done;
    }
    m_block.add(event.at.nanoseconds, sequence, m_run.value, event.type, event.durable);
    m_dirty = true;
    ++m_next;
    return {};
}

Result<void> EventRows::finish()
{
    if (!std::exchange(m_dirty, false)) {
        return {};
    }
    return m_blocks.put(m_block);
}

}  // namespace muster
