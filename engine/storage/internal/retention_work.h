// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "storage/internal/block.h"
#include "storage/internal/database.h"
#include "storage/internal/progress.h"
#include "storage/internal/rollup.h"

namespace muster {

/// One small batch of what retention deletes, inside the caller's transaction.
/// Thread safety: one thread at a time.
class RetentionWork {
public:
    struct Deleted {
        std::uint64_t rows = 0;
        WallTime before;       ///< all of it was older
        bool thinned = false;  ///< metrics went that are kept in what is coarser
    };
    /// What still grows is left alone, and what has not gone into what is made of it.
    struct Bounds {
        std::int64_t openEvents = 0;
        std::array<std::int64_t, kMetricLevels> openMetrics{};
        Progress progress{};
    };
    /// What is older may go.
    struct Cutoffs {
        std::optional<WallTime> events;
        std::array<std::optional<WallTime>, kMetricLevels> metrics;
    };

    RetentionWork(Database& database, const Bounds& bounds) : m_database(database), m_bounds(bounds)
    {
    }

    /// The oldest block of events, call logs and metrics that are older altogether.
    [[nodiscard]] Result<Deleted> deleteOlder(const Cutoffs& cutoffs);
    /// The oldest events that are not durable, and samples and call logs as old; then metrics.
    [[nodiscard]] Result<Deleted> deleteOldest();
    /// Bytes of the session that hold something.
    [[nodiscard]] Result<std::uint64_t> usedBytes();

private:
    [[nodiscard]] Result<Deleted> deleteEvents(WallTime before);
    /// The oldest block of a level, if all of it is older and went into the next.
    [[nodiscard]] Result<std::uint64_t> deleteMetrics(std::size_t level, WallTime before);
    /// When no other events are left to delete.
    [[nodiscard]] Result<Deleted> deleteRest();
    /// Parts of call logs from the oldest on that are older, some at a time.
    [[nodiscard]] Result<std::uint64_t> deleteCalls(WallTime before);
    /// The oldest part of the full-text index, when its events are gone.
    [[nodiscard]] Result<void> dropTexts();
    [[nodiscard]] Result<std::uint64_t> deleteRows(const char* sql, std::int64_t block, int shift);

    Database& m_database;
    const Bounds m_bounds;
};

}  // namespace muster
