// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/internal/progress.h"

namespace muster {

/// Texts that many rows share, each with a number of its own: event_types and actions.
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class NameTable {
public:
    [[nodiscard]] static Result<NameTable> open(Database& database, Progress& progress,
                                                Numbered table);
    NameTable() = default;

    /// The name's number, given when it is new.
    [[nodiscard]] Result<std::int64_t> number(std::string_view name);

private:
    Statement m_insert;
    std::unordered_map<std::string, std::int64_t> m_numbers;
    Progress* m_progress = nullptr;
    Numbered m_table{};
};

}  // namespace muster
