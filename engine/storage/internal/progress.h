// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/internal/database.h"

namespace muster {

/// The tables whose rows are numbered from 1 without gaps; then how far what is made of others
/// has come: the last event in the full-text index, the last frame that was rolled up into spans
/// of 10 s, the last of those that was into spans of a minute, and of 10.
enum class Numbered : std::uint8_t {
    runs,
    eventTypes,
    events,
    actions,
    resultColumns,
    results,
    errors,
    marks,
    series,
    frames,
    calls,
    configurations,
    streams,
    tenSeconds,
    oneMinute,
    tenMinutes,
    texts,
    rolledTenSeconds,
    rolledOneMinute,
    rolledTenMinutes,
    count
};

/// Empty: it is no table.
[[nodiscard]] std::string_view tableOf(Numbered table) noexcept;

/// How far a session has come, in one row that every commit rewrites: the number of the commit,
/// which tells whether one that was said to have failed is in the file all the same, and the
/// last id of each table, so that rows which are gone without a trace are missed.
struct Progress {
    std::int64_t commits = 0;
    std::array<std::int64_t, static_cast<std::size_t>(Numbered::count)> last{};

    [[nodiscard]] std::int64_t& lastOf(Numbered table) noexcept
    {
        return last[static_cast<std::size_t>(table)];
    }
    [[nodiscard]] std::int64_t lastOf(Numbered table) const noexcept
    {
        return last[static_cast<std::size_t>(table)];
    }
};

/// Empty: the row is damaged.
[[nodiscard]] Result<std::optional<Progress>> readProgress(Database& database);
[[nodiscard]] Result<Progress> loadProgress(Database& database);  ///< the same, or corrupt
[[nodiscard]] Result<Statement> prepareProgress(Database& database);
[[nodiscard]] Result<void> writeProgress(Statement& prepared, const Progress& progress);

}  // namespace muster
