// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/event_rows.h"

#include <algorithm>
#include <utility>

#include "storage/internal/row.h"

namespace muster {

Result<EventRows> EventRows::open(Database& database, Progress& progress, RunId run,
                                  std::uint64_t origin)
{
    auto insert = database.prepare("INSERT INTO events VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    auto blocks =
        BlockTail::open(database, "event_blocks", kEventShift, progress.lastOf(Numbered::events));
    if (!insert || !blocks) {
        return insert ? blocks.error() : insert.error();
    }
    EventRows rows;
    rows.m_insert = std::move(insert).value();
    rows.m_blocks = std::move(blocks).value();
    rows.m_progress = &progress;
    rows.m_run = run;
    rows.m_origin = origin;
    return rows;
}

Result<void> EventRows::append(const EventRowView& event)
{
    const std::int64_t id = m_progress->lastOf(Numbered::events) + 1;
    const auto block = m_blocks.blockOf(id);
    if (!block) {
        return block.error();
    }
    const auto sequence = static_cast<std::int64_t>(event.id.sequence);
    RowWriter row(m_insert);
    row.put(id).put(std::int64_t{m_run.value}).put(sequence).put(event.at.nanoseconds);
    row.put(event.type).put(event.source).put(event.data).putId(event.trace.value, m_none[0]);
    row.putId(event.cause.sequence, m_none[1]).putId(event.correlation.value, m_none[2]);
    row.put(std::int64_t{event.durable}).put(std::int64_t{event.version});
    row.putId(event.id.origin == m_origin ? 0 : event.id.origin, m_none[3]);
    row.putId(!event.cause || event.cause.origin == m_origin ? 0 : event.cause.origin, m_none[4]);
    if (auto done = row.insert(); !done) {
        return done;
    }
    (*block)->add(event.at.nanoseconds, sequence, m_run.value, event.type, event.durable);
    m_progress->lastOf(Numbered::events) = id;
    return {};
}

Result<void> EventRows::finish()
{
    return m_blocks.finish();
}

}  // namespace muster
