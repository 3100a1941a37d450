// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "storage/internal/database.h"
#include "storage/internal/event_block.h"

namespace muster {

/// One small batch of what retention deletes, inside the caller's transaction.
/// Thread safety: one thread at a time.
class RetentionWork {
public:
    struct Deleted {
        std::uint64_t rows = 0;
        WallTime before;  ///< all of it was older
    };

    /// `openBlock` and what comes after it are left alone.
    RetentionWork(Database& database, std::int64_t openBlock)
        : m_database(database), m_openBlock(openBlock)
    {
    }

    /// The oldest block and frames that are older than `cutoff` altogether; 0 rows: none left.
    [[nodiscard]] Result<Deleted> deleteOlder(WallTime cutoff);
    /// The oldest events that are not durable, and frames as old; 0 rows: none left.
    [[nodiscard]] Result<Deleted> deleteOldest();
    /// Bytes of the session that hold something.
    [[nodiscard]] Result<std::uint64_t> usedBytes();

private:
    [[nodiscard]] Result<std::uint64_t> deleteFrames(WallTime before);
    [[nodiscard]] Result<std::uint64_t> deleteEvents(const EventBlock& block, const char* which);

    Database& m_database;
    std::int64_t m_openBlock;
};

}  // namespace muster
