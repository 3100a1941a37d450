// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/retention_work.h"

#include <sqlite3.h>

#include <limits>

namespace muster {

namespace {

constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

}  // namespace

Result<RetentionWork::Deleted> RetentionWork::deleteOlder(WallTime cutoff)
{
    auto blocks = EventBlockTable::open(m_database);
    if (!blocks) {
        return blocks.error();
    }
    const auto frames = deleteFrames(cutoff);
    const auto block = blocks->findFrom(0);
    if (!frames || !block) {
        return frames ? block.error() : frames.error();
    }
    Deleted deleted{.rows = *frames, .before = cutoff};
    if (!block->has_value() || (*block)->id >= m_openBlock ||
        (*block)->toAt >= cutoff.nanoseconds) {
        return deleted;
    }
    const auto events = deleteEvents(**block, "");
    if (!events) {
        return events.error();
    }
    if (auto done = blocks->remove((*block)->id); !done) {
        return done.error();
    }
    // A block counts even when all its rows were gone before.
    deleted.rows += *events == 0 ? 1 : *events;
    return deleted;
}

Result<RetentionWork::Deleted> RetentionWork::deleteOldest()
{
    auto blocks = EventBlockTable::open(m_database);
    auto oldest = m_database.prepare(
        "SELECT id FROM event_blocks WHERE rows > durable AND id < ?1 ORDER BY id LIMIT 1");
    if (!blocks || !oldest) {
        return blocks ? oldest.error() : blocks.error();
    }
    const auto row = oldest->bind(1, m_openBlock).step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        const auto frames = deleteFrames(kEver);
        return frames ? Result<Deleted>(Deleted{*frames, kEver}) : frames.error();
    }
    auto block = blocks->find(oldest->integer(0));
    oldest->reset();
    if (!block || !block->has_value()) {
        return block ? Error{ErrorCode::corrupt, "a block of events is damaged", {}, {}}
                     : block.error();
    }
    EventBlock& trimmed = **block;
    const auto events = deleteEvents(trimmed, " AND durable = 0");
    const auto frames = deleteFrames({trimmed.toAt});
    if (!events || !frames) {
        return events ? frames.error() : events.error();
    }
    trimmed.rows = trimmed.durable;
    const auto kept = trimmed.rows > 0 ? blocks->put(trimmed) : blocks->remove(trimmed.id);
    if (!kept) {
        return kept.error();
    }
    return Deleted{.rows = *events + *frames + 1, .before = {trimmed.toAt}};
}

Result<std::uint64_t> RetentionWork::usedBytes()
{
    const auto pages = m_database.queryInteger("PRAGMA page_count");
    const auto free = m_database.queryInteger("PRAGMA freelist_count");
    const auto size = m_database.queryInteger("PRAGMA page_size");
    for (const Error* error : {errorOf(pages), errorOf(free), errorOf(size)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    return static_cast<std::uint64_t>((*pages - *free) * *size);
}

Result<std::uint64_t> RetentionWork::deleteFrames(WallTime before)
{
    auto frames = m_database.prepare(
        "DELETE FROM metric_frames WHERE id IN "
        "(SELECT id FROM metric_frames WHERE at < ?1 ORDER BY at LIMIT 1024)");
    if (!frames) {
        return frames.error();
    }
    if (auto done = frames->bind(1, before.nanoseconds).run(); !done) {
        return done.error();
    }
    return static_cast<std::uint64_t>(sqlite3_changes64(m_database.handle()));
}

Result<std::uint64_t> RetentionWork::deleteEvents(const EventBlock& block, const char* which)
{
    std::string sql = "DELETE FROM events WHERE id BETWEEN ?1 AND ?2";
    sql += which;
    auto events = m_database.prepare(sql);
    if (!events) {
        return events.error();
    }
    if (auto done = events->bind(1, block.firstEvent()).bind(2, block.lastEvent()).run(); !done) {
        return done.error();
    }
    return static_cast<std::uint64_t>(sqlite3_changes64(m_database.handle()));
}

}  // namespace muster
