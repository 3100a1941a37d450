// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/retention_work.h"

#include <sqlite3.h>

#include <limits>

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
constexpr const char* kFrames = "DELETE FROM metric_frames WHERE id BETWEEN ?1 AND ?2";
constexpr std::int64_t kCallsAtOnce = 64;  // of 8 KiB each
constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

}  // namespace

Result<RetentionWork::Deleted> RetentionWork::deleteOlder(WallTime cutoff)
{
    auto blocks = BlockTable::open(m_database, "event_blocks");
    if (!blocks) {
        return blocks.error();
    }
    const auto frames = deleteFrames(cutoff);
    const auto calls = frames ? deleteCalls(cutoff) : frames;
    const auto block = blocks->findFrom(0);
    if (!calls || !block) {
        return calls ? block.error() : calls.error();
    }
    Deleted deleted{.rows = *frames + *calls, .before = cutoff};
    if (!block->has_value() || (*block)->id >= m_openEvents ||
        (*block)->toAt >= cutoff.nanoseconds) {
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
    const auto row = oldest->bind(1, m_openEvents).step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        const auto frames = deleteFrames(kEver);
        const auto calls = frames ? deleteCalls(kEver) : frames;
        return calls ? Result<Deleted>(Deleted{*frames + *calls, kEver}) : calls.error();
    }
    auto block = blocks->find(oldest->integer(0));
    oldest->reset();
    if (!block || !block->has_value()) {
        return block ? Error{ErrorCode::corrupt, "a block of events is damaged", {}, {}}
                     : block.error();
    }
    Block& trimmed = **block;
    const auto events = deleteRows(kPassingEvents, trimmed.id, kEventShift);
    const auto frames = deleteFrames({trimmed.toAt});
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
    return Deleted{.rows = *events + *frames + *calls + 1, .before = {trimmed.toAt}};
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
    auto blocks = BlockTable::open(m_database, "frame_blocks");
    if (!blocks) {
        return blocks.error();
    }
    const auto block = blocks->findFrom(0);
    if (!block) {
        return block.error();
    }
    if (!block->has_value() || (*block)->id >= m_openFrames ||
        (*block)->toAt >= before.nanoseconds) {
        return std::uint64_t{0};
    }
    if (auto done = blocks->remove((*block)->id); !done) {
        return done.error();
    }
    return deleteRows(kFrames, (*block)->id, kFrameShift);
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
