// SPDX-License-Identifier: Apache-2.0
// The part of StoreLoop that keeps the session within its age, quota and floor.
#include <fmt/core.h>

#include <algorithm>

#include "storage/internal/queue_rows.h"
#include "storage/internal/retention_work.h"
#include "storage/internal/session_state.h"
#include "storage/internal/store_loop.h"

namespace muster {

namespace {

/// Letters that were dealt with are few, and looked for in all of their table.
constexpr std::chrono::hours kLetterPeriod{1};

}  // namespace

RetentionWork StoreLoop::workOf(const SessionWriter& writer)
{
    RetentionWork::Bounds bounds{.openEvents = writer.eventRows().openBlock(),
                                 .openMetrics = {writer.frameRows().openBlock()},
                                 .progress = writer.progress()};
    for (std::size_t level = 1; level < kMetricLevels; ++level) {
        bounds.openMetrics[level] = writer.rollupRows().openBlock(level);
    }
    return {m_state.database, bounds};
}

RetentionWork::Cutoffs StoreLoop::cutoffs() const
{
    const RetentionOptions& retention = m_parts.retention;
    const WallTime now = steadyWall();
    const auto before = [now](const std::optional<Duration>& age) {
        return age ? std::optional(now - *age) : std::nullopt;
    };
    const MetricRetention& metrics = retention.metrics;
    return {.events = before(retention.age),
            .metrics = {before(metrics.samples), before(metrics.tenSeconds),
                        before(metrics.oneMinute), before(metrics.tenMinutes)}};
}

bool StoreLoop::fileIsThere()
{
    std::error_code code;
    if (!m_parts.writer || std::filesystem::exists(m_state.file, code)) {
        return true;
    }
    failed({ErrorCode::notFound,
            "the session's file was removed or renamed while it was recorded",
            {},
            "Put it back, or record to another (--db)"});
    return false;
}

WallTime StoreLoop::steadyWall() const
{
    // Wall time as it goes on from the start: a clock that is put ahead by years while this runs
    // must not make all that is kept look old.
    const WallTime expected = m_wallAtStart + (m_parts.clock->now() - m_monoAtStart);
    return std::min(expected, m_parts.clock->wall());
}

void StoreLoop::maintain()
{
    if (!fileIsThere()) {
        return;
    }
    // What is not rolled up yet may not go.
    while (m_parts.writer && m_parts.writer->rollupWaits()) {
        keepUp();
        if (yields()) {
            return;
        }
    }
    const RetentionWork::Cutoffs aged = cutoffs();
    if (!deleteAged(aged)) {
        return;
    }
    if (aged.events) {
        deleteLetters(*aged.events);
    }
    shrinkToQuota();
    watchSpace();
}

bool StoreLoop::deleteAged(const RetentionWork::Cutoffs& cutoffs)
{
    RecorderRetention all{.rule = "age", .before = cutoffs.events.value_or(steadyWall())};
    do {
        RetentionWork::Deleted deleted;
        const bool stored = persist([&](SessionWriter& writer) -> Result<void> {
            RetentionWork work = workOf(writer);
            auto step = work.deleteOlder(cutoffs);
            if (!step) {
                return step.error();
            }
            deleted = *step;
            return {};
        });
        all.rows += deleted.rows;
        if (!stored || (deleted.rows == 0 && !deleted.thinned)) {
            report(std::move(all));
            return stored;
        }
    } while (!yields());
    report(std::move(all));
    return true;
}

void StoreLoop::deleteLetters(WallTime cutoff)
{
    const auto now = RealTime::now();
    if (m_lettersAt != RealTime::time_point{} && now - m_lettersAt < kLetterPeriod) {
        return;
    }
    m_lettersAt = now;
    (void)persist([&](SessionWriter&) { return deleteOldLetters(m_state.database, cutoff); });
}

bool StoreLoop::yields()
{
    if (!m_parts.queue.groupDue()) {
        return false;
    }
    m_parts.queue.requestMaintenance();
    return true;
}

void StoreLoop::shrinkToQuota()
{
    if (!m_parts.retention.quotaBytes || !m_parts.writer) {
        return;
    }
    const std::uint64_t quota = *m_parts.retention.quotaBytes;
    RetentionWork measured(m_state.database, {});
    auto used = measured.usedBytes();
    if (!used || *used <= quota) {
        m_quotaUsedUp = m_quotaUsedUp && !used;
        return;
    }
    RecorderRetention all{.rule = "quota"};
    do {
        RetentionWork::Deleted deleted;
        const bool stored = persist([&](SessionWriter& writer) -> Result<void> {
            RetentionWork work = workOf(writer);
            auto step = work.deleteOldest();
            if (!step) {
                return step.error();
            }
            deleted = *step;
            return {};
        });
        m_quotaUsedUp = stored && deleted.rows == 0;
        if (!stored || deleted.rows == 0) {
            break;
        }
        all.rows += deleted.rows;
        all.before = deleted.before;
        used = measured.usedBytes();
    } while (used && *used > quota / 10 * 9 && !yields());
    report(std::move(all));
}

void StoreLoop::watchSpace()
{
    const auto& retention = m_parts.retention;
    const auto free = retention.freeDisk ? retention.freeDisk() : std::nullopt;
    bool low = false;
    if (retention.freeDiskFloor && free) {
        // Left again only with a quarter more: no flapping at the edge.
        const std::uint64_t floor = *retention.freeDiskFloor;
        low = *free < (m_noSpace && !m_quotaUsedUp ? floor + floor / 4 : floor);
    }
    const bool before = m_noSpace;
    m_noSpace = low || m_quotaUsedUp;
    m_parts.queue.setNoSpace(m_noSpace);
    if (m_error || before == m_noSpace) {
        return;
    }
    Error error{ErrorCode::diskFull,
                "only results, errors, marks and durable events are still recorded",
                {},
                {}};
    if (low) {
        error.message =
            fmt::format("the disk has less than {} MiB free: ", *retention.freeDiskFloor >> 20) +
            error.message;
        error.advice = "Free space on the disk that holds the session";
    } else {
        error.message = "the session's quota is used up: " + error.message;
        error.advice = "Raise the quota, or record to another session (--db)";
    }
    error.where = m_state.file.string();
    {
        const std::lock_guard lock(m_statusMutex);
        m_status.problem = m_noSpace ? error.text() : std::string();
        m_trouble = m_noSpace ? std::optional(error) : std::nullopt;
    }
    if (troubled) {
        RecorderTrouble trouble;
        trouble.error = m_noSpace ? std::optional(error) : std::nullopt;
        troubled(trouble);
    }
}

void StoreLoop::report(RecorderRetention&& deleted)
{
    if (deleted.rows > 0 && retained) {
        retained(deleted);
    }
}

}  // namespace muster
