// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/retention_work.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <limits>

#include "storage/internal/text_index.h"

#include "storage/internal/row.h"
#include "storage/internal/schema.h"

namespace muster {

namespace {

constexpr const char* kAllEvents = "DELETE FROM events WHERE id BETWEEN ?1 AND ?2";
constexpr const char* kPassingEvents =
    "DELETE FROM events WHERE id BETWEEN ?1 AND ?2 AND durable = 0";
// Before its events go, what the streams say of a block.
constexpr const char* kTheirStreamEvents =
    "DELETE FROM stream_events WHERE (stream, version) IN (SELECT i.stream, i.version "
    "FROM events e JOIN runs r ON r.id = e.run JOIN stream_ids i ON "
    "i.origin = coalesce(e.origin, r.origin) AND i.sequence = e.sequence "
    "WHERE e.id BETWEEN ?1 AND ?2 AND e.durable = 1)";
constexpr const char* kTheirStreamIds =
    "DELETE FROM stream_ids WHERE (origin, sequence) IN (SELECT coalesce(e.origin, r.origin), "
    "e.sequence FROM events e JOIN runs r ON r.id = e.run "
    "WHERE e.id BETWEEN ?1 AND ?2 AND e.durable = 1)";
constexpr std::int64_t kCallsAtOnce = 64;  // of 8 KiB each
constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

}  // namespace

Result<RetentionWork::Deleted> RetentionWork::deleteOlder(const Cutoffs& cutoffs)
{
    Deleted deleted;
    if (cutoffs.events) {
        const auto events = deleteEvents(*cutoffs.events);
        const auto calls = events ? deleteCalls(*cutoffs.events) : Result<std::uint64_t>(0);
        if (!events || !calls) {
            return events ? calls.error() : events.error();
        }
        deleted = *events;
        deleted.rows += *calls;
    }
    for (std::size_t level = 0; level < kMetricLevels; ++level) {
        if (!cutoffs.metrics[level]) {
            continue;
        }
        const auto metrics = deleteMetrics(level, *cutoffs.metrics[level]);
        if (!metrics) {
            return metrics.error();
        }
        const bool last = level + 1 == kMetricLevels;
        deleted.rows += last ? *metrics : 0;
        deleted.thinned = deleted.thinned || (!last && *metrics > 0);
    }
    return deleted;
}

Result<RetentionWork::Deleted> RetentionWork::deleteEvents(WallTime before)
{
    auto blocks = BlockTable::open(m_database, "event_blocks");
    if (!blocks) {
        return blocks.error();
    }
    const auto block = blocks->findFrom(0);
    if (!block) {
        return block.error();
    }
    Deleted deleted{.rows = 0, .before = before};
    if (!block->has_value() || (*block)->id >= m_bounds.openEvents ||
        (*block)->toAt >= before.nanoseconds) {
        return deleted;
    }
    for (const char* sql : {kTheirStreamEvents, kTheirStreamIds}) {
        if (auto done = deleteRows(sql, (*block)->id, kEventShift); !done) {
            return done.error();
        }
    }
    const auto events = deleteRows(kAllEvents, (*block)->id, kEventShift);
    if (!events) {
        return events.error();
    }
    if (auto done = blocks->remove((*block)->id); !done) {
        return done.error();
    }
    if (auto done = dropTexts(); !done) {
        return done.error();
    }
    // A block counts even when all its rows were gone before.
    deleted.rows += *events == 0 ? 1 : *events;
    return deleted;
}

Result<RetentionWork::Deleted> RetentionWork::deleteOldest()
{
    auto blocks = BlockTable::open(m_database, "event_blocks");
    auto oldest = m_database.prepare(
        "SELECT id FROM event_blocks WHERE rows > durable AND id < ?1 ORDER BY id LIMIT 1");
    if (!blocks || !oldest) {
        return blocks ? oldest.error() : blocks.error();
    }
    const auto row = oldest->bind(1, m_bounds.openEvents).step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return deleteRest();
    }
    auto block = blocks->find(oldest->integer(0));
    oldest->reset();
    if (!block || !block->has_value()) {
        return block ? Error{ErrorCode::corrupt, "a block of events is damaged", {}, {}}
                     : block.error();
    }
    Block& trimmed = **block;
    const auto events = deleteRows(kPassingEvents, trimmed.id, kEventShift);
    const auto frames = deleteMetrics(0, {trimmed.toAt});
    const auto calls = deleteCalls({trimmed.toAt});
    for (const Error* error : {errorOf(events), errorOf(frames), errorOf(calls)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    trimmed.rows = trimmed.durable;
    const auto kept = trimmed.rows > 0 ? blocks->put(trimmed) : blocks->remove(trimmed.id);
    if (!kept) {
        return kept.error();
    }
    if (auto done = dropTexts(); !done) {
        return done.error();
    }
    return Deleted{.rows = *events + *frames + *calls + 1, .before = {trimmed.toAt}};
}

Result<RetentionWork::Deleted> RetentionWork::deleteRest()
{
    const auto calls = deleteCalls(kEver);
    if (!calls) {
        return calls.error();
    }
    Deleted deleted{.rows = *calls, .before = kEver};
    for (std::size_t level = 0; level < kMetricLevels && deleted.rows == 0; ++level) {
        const auto metrics = deleteMetrics(level, kEver);
        if (!metrics) {
            return metrics.error();
        }
        deleted.rows = *metrics;
    }
    return deleted;
}

Result<void> RetentionWork::dropTexts()
{
    // Durable events that are left of a part are few: they are searched without it.
    auto oldest = m_database.prepare(
        "SELECT id, (SELECT count(*) FROM event_blocks b WHERE b.id BETWEEN t.id << ?1 AND "
        "((t.id + 1) << ?1) - 1 AND b.rows > b.durable) FROM text_parts t ORDER BY id LIMIT 1");
    if (!oldest) {
        return oldest.error();
    }
    const auto row = oldest->bind(1, std::int64_t{kTextShift - kEventShift}).step();
    if (!row || !*row) {
        return row ? Result<void>() : Result<void>(row.error());
    }
    const std::int64_t part = oldest->integer(0);
    const bool needed = oldest->integer(1) > 0 ||
                        lastOfBlock(part, kTextShift) > m_bounds.progress.lastOf(Numbered::texts);
    oldest->reset();
    return needed ? Result<void>() : dropTextPart(m_database, part);
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

Result<std::uint64_t> RetentionWork::deleteMetrics(std::size_t level, WallTime before)
{
    const MetricLevel& of = metricLevels()[level];
    auto blocks = BlockTable::open(m_database, of.blocks);
    if (!blocks) {
        return blocks.error();
    }
    const auto block = blocks->findFrom(0);
    if (!block) {
        return block.error();
    }
    if (!block->has_value() || (*block)->id >= m_bounds.openMetrics[level] ||
        (*block)->toAt >= before.nanoseconds) {
        return std::uint64_t{0};
    }
    const bool last = level + 1 == kMetricLevels;
    if (!last && lastOfBlock((*block)->id, of.shift) >
                     m_bounds.progress.lastOf(metricLevels()[level + 1].rolled)) {
        return std::uint64_t{0};
    }
    if (auto done = blocks->remove((*block)->id); !done) {
        return done.error();
    }
    const std::string sql = fmt::format("DELETE FROM {} WHERE id BETWEEN ?1 AND ?2", of.rows);
    return deleteRows(sql.c_str(), (*block)->id, of.shift);
}

Result<std::uint64_t> RetentionWork::deleteCalls(WallTime before)
{
    auto oldest = m_database.prepare("SELECT id, at, machine FROM calls ORDER BY id LIMIT ?1");
    if (!oldest) {
        return oldest.error();
    }
    oldest->bind(1, kCallsAtOnce);
    std::int64_t last = 0;
    bool more = false;
    auto row = oldest->step();
    for (; row && *row && oldest->integer(1) < before.nanoseconds; row = oldest->step()) {
        last = oldest->integer(0);
        more = more || oldest->text(2) != kCallsGone;
    }
    oldest->reset();
    if (!row || !more) {
        return row ? Result<std::uint64_t>(std::uint64_t{0}) : row.error();
    }
    auto gone = m_database.prepare("DELETE FROM calls WHERE id <= ?1");
    auto stone = m_database.prepare("INSERT INTO calls VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    if (!gone || !stone) {
        return gone ? stone.error() : gone.error();
    }
    if (auto done = gone->bind(1, last).run(); !done) {
        return done.error();
    }
    const auto deleted = static_cast<std::uint64_t>(sqlite3_changes64(m_database.handle()));
    // Those before it are not missed: without it they would be damage.
    const std::int64_t none = 0;
    RowWriter left(*stone);
    left.put(last).put(none).put(none).put("").put(kCallsGone).put(none).put(none);
    const auto done = left.put(none).put(none).put("").insert();
    return done ? Result<std::uint64_t>(deleted) : done.error();
}

Result<std::uint64_t> RetentionWork::deleteRows(const char* sql, std::int64_t block, int shift)
{
    auto statement = m_database.prepare(sql);
    if (!statement) {
        return statement.error();
    }
    statement->bind(1, firstOfBlock(block, shift)).bind(2, lastOfBlock(block, shift));
    if (auto done = statement->run(); !done) {
        return done.error();
    }
    return static_cast<std::uint64_t>(sqlite3_changes64(m_database.handle()));
}

}  // namespace muster
