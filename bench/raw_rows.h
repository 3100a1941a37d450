// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/clock.h"

struct sqlite3;

namespace muster::bench {

/// Events as rows of the session's table, inserted by plain SQLite: prepared once, in transactions
/// of as many rows as the recorder's, with its journal and sync. Thread safety: one thread at a
/// time.
class RawRows {
public:
    explicit RawRows(const std::filesystem::path& file);

    /// What SQLite took; making the rows' texts is not in it.
    [[nodiscard]] Duration insert(std::uint64_t events) const;

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> m_database;
};

}  // namespace muster::bench
