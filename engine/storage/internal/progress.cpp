// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/progress.h"

#include <string>

#include "storage/internal/row.h"

namespace muster {

std::string_view tableOf(Numbered table) noexcept
{
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Numbered::count)> kNames{
        "runs",
        "event_types",
        "events",
        "actions",
        "result_columns",
        "results",
        "errors",
        "marks",
        "metric_series",
        "metric_frames",
        "calls",
        "configurations",
        "streams",
        "metric_10s",
        "metric_1m",
        "metric_10m",
        "",
        "",
        "",
        ""};
    return kNames[static_cast<std::size_t>(table)];
}

Result<std::optional<Progress>> readProgress(Database& database)
{
    auto statement = database.prepare("SELECT * FROM progress WHERE id = 1");
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row) {
        return isDamage(row.error()) ? Result<std::optional<Progress>>(std::nullopt) : row.error();
    }
    if (!*row || !rowHolds(*statement)) {
        return std::optional<Progress>();
    }
    Progress progress{.commits = statement->integer(1)};
    for (std::size_t i = 0; i < progress.last.size(); ++i) {
        progress.last[i] = statement->integer(static_cast<int>(i) + 2);
    }
    return std::optional(progress);
}

Result<Progress> loadProgress(Database& database)
{
    const auto read = readProgress(database);
    if (!read) {
        return read.error();
    }
    if (!read->has_value()) {
        return Error{ErrorCode::corrupt,
                     "the session is damaged: how far it came is not known",
                     {},
                     "Record to another file (--db); what is readable of this one can be exported"};
    }
    return **read;
}

Result<Statement> prepareProgress(Database& database)
{
    std::string sql = "INSERT OR REPLACE INTO progress VALUES(?,?,?";
    for (std::size_t i = 0; i < Progress().last.size(); ++i) {
        sql += ",?";
    }
    return database.prepare(sql + ")");
}

Result<void> writeProgress(Statement& prepared, const Progress& progress)
{
    RowWriter row(prepared);
    row.put(std::int64_t{1}).put(progress.commits);
    for (const std::int64_t last : progress.last) {
        row.put(last);
    }
    return row.insert();
}

}  // namespace muster
