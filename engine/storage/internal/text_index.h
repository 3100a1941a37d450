// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/internal/progress.h"
#include "storage/internal/row_scan.h"

namespace muster {

/// The full-text index: of each event the words of its type, source and data, in a table of FTS5
/// for each part of 2^16 events ("text_<part>"). Whoever asks it looks at the events it names, so
/// it may name too many. That it names too few because a byte of it changed is found out by the
/// checksum of each part in text_parts, as of the last commit that changed it.
inline constexpr int kTextShift = 16;

struct TextPart {
    std::int64_t id = 0;    ///< the events' ids shifted right
    std::int64_t last = 0;  ///< the last event that is in it
    std::int64_t sum = 0;   ///< over its tables

    friend bool operator==(const TextPart&, const TextPart&) = default;
};

/// Empty: the part is not indexed, or what is known of it is damaged.
[[nodiscard]] Result<std::optional<TextPart>> findTextPart(Database& database, std::int64_t part);
/// The checksum of a part's tables. Errors: those of reading them.
[[nodiscard]] Result<std::int64_t> sumTextPart(Database& database, std::int64_t part);
/// Inside the caller's transaction, as all that follows.
[[nodiscard]] Result<void> dropTextPart(Database& database, std::int64_t part);

/// Puts events into the index, a block of them at a time.
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class TextIndexer {
public:
    [[nodiscard]] static Result<TextIndexer> open(Database& database, Progress& progress);
    TextIndexer() = default;

    /// Whether there are blocks that are full and not in the index. `openBlock` still grows.
    [[nodiscard]] bool waits(std::int64_t openBlock) const noexcept;
    /// The next block of them.
    [[nodiscard]] Result<void> advance(std::int64_t openBlock);

private:
    [[nodiscard]] Result<void> openPart(std::int64_t part);
    [[nodiscard]] Result<void> insert(const Statement& row);
    [[nodiscard]] Result<void> finishPart(std::int64_t part, std::int64_t last);
    [[nodiscard]] Result<std::string_view> typeName(std::int64_t number);

    Database* m_database = nullptr;
    Progress* m_progress = nullptr;
    std::optional<RowScan> m_rows;
    Statement m_nextBlock;
    Statement m_insert;
    std::int64_t m_part = -1;  ///< that m_insert is for
    std::unordered_map<std::int64_t, std::string> m_types;
    std::string m_words;
    std::string m_unescaped;
};

}  // namespace muster
