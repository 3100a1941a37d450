// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "storage/internal/database.h"

namespace muster {

/// Walks over the rows of a table by id, past those that are damaged. Each row it shows has
/// matched its checksum and comes once, in order.
/// Thread safety: one thread at a time.
class RowScan {
public:
    /// Return false to stop.
    using Visit = std::function<bool(Statement& row)>;

    struct Outcome {
        std::int64_t good = 0;     ///< rows shown
        std::int64_t damaged = 0;  ///< rows, or ids whose row could not be looked for
        bool stopped = false;
    };

    [[nodiscard]] static Result<RowScan> open(Database& database, std::string_view table,
                                              std::string_view salt = {});

    /// All rows with first ≤ id ≤ last.
    [[nodiscard]] Result<Outcome> visit(std::int64_t first, std::int64_t last, bool descending,
                                        const Visit& visit);

private:
    struct Walk;
    [[nodiscard]] Result<void> walkRange(Walk& walk, Statement& range);
    /// One id at a time from where the range broke.
    [[nodiscard]] Result<void> walkSingly(Walk& walk);
    void show(Walk& walk, Statement& row);

    Statement m_up;
    Statement m_down;
    Statement m_single;
    std::string_view m_salt;
};

/// The lowest and the highest id of a table; both 0 when it is empty.
struct IdRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
};
[[nodiscard]] Result<IdRange> idRange(Database& database, std::string_view table);

}  // namespace muster
