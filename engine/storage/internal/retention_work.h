// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "storage/internal/block.h"
#include "storage/internal/database.h"

namespace muster {

/// One small batch of what retention deletes, inside the caller's transaction.
/// Thread safety: one thread at a time.
class RetentionWork {
public:
    struct Deleted {
        std::uint64_t rows = 0;
        WallTime before;  ///< all of it was older
    };

    /// The blocks that still grow are left alone.
    RetentionWork(Database& database, std::int64_t openEvents, std::int64_t openFrames)
        : m_database(database), m_openEvents(openEvents), m_openFrames(openFrames)
    {
    }

    /// The oldest block, frames and call logs that are older than `cutoff` altogether; 0 rows: none
    /// left.
    [[nodiscard]] Result<Deleted> deleteOlder(WallTime cutoff);
    /// The oldest events that are not durable, and frames and call logs as old; 0 rows: none left.
    [[nodiscard]] Result<Deleted> deleteOldest();
    /// Bytes of the session that hold something.
    [[nodiscard]] Result<std::uint64_t> usedBytes();

private:
    /// The oldest block of frames, if all of it is older.
    [[nodiscard]] Result<std::uint64_t> deleteFrames(WallTime before);
    /// Parts of call logs from the oldest on that are older, some at a time.
    [[nodiscard]] Result<std::uint64_t> deleteCalls(WallTime before);
    [[nodiscard]] Result<std::uint64_t> deleteRows(const char* sql, std::int64_t block, int shift);

    Database& m_database;
    std::int64_t m_openEvents;
    std::int64_t m_openFrames;
};

}  // namespace muster
