// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/internal/database.h"

namespace muster {

/// Texts that many rows share, each with a number of its own: event_types and actions.
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class NameTable {
public:
    [[nodiscard]] static Result<NameTable> open(Database& database, std::string_view table);

    /// The name's number, given when it is new.
    [[nodiscard]] Result<std::int64_t> number(std::string_view name);

private:
    Statement m_insert;
    std::unordered_map<std::string, std::int64_t> m_numbers;
    std::int64_t m_last = 0;
};

/// The names by number; those that are damaged are left out and counted.
struct NamesRead {
    std::unordered_map<std::int64_t, std::string> names;
    std::uint64_t damaged = 0;
};

[[nodiscard]] Result<NamesRead> readNames(Database& database, std::string_view table);

}  // namespace muster
