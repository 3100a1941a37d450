// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/reader_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/schema.h"
#include "storage/internal/session_lock.h"
#include "storage/session_file.h"

namespace muster {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kPart = 4096;

StoredRun runOf(const Statement& row)
{
    StoredRun run{.id = {static_cast<std::uint32_t>(row.integer(0))},
                  .startedAt = {row.integer(1)},
                  .endedAt = {},
                  .origin = static_cast<std::uint64_t>(row.integer(2)),
                  .workload = std::string(row.text(3)),
                  .workloadFile = std::string(row.text(4)),
                  .build = std::string(row.text(5)),
                  .machine = std::string(row.text(6)),
                  .seed = {},
                  .summaryJson = std::string(row.text(9))};
    if (!row.isNull(7)) {
        run.seed = static_cast<std::uint64_t>(row.integer(7));
    }
    if (!row.isNull(8)) {
        run.endedAt = WallTime{row.integer(8)};
    }
    return run;
}

/// With the rights that opening a file is checked by.
bool mayWrite(const fs::path& path)
{
    return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

/// A session of an older schema is upgraded by opening it to write once.
Result<std::string> upgradeForReading(const fs::path& file)
{
    auto written = SessionFile::open(file);
    if (!written) {
        Error error = written.error();
        error.message = "the session has an older schema and cannot be upgraded: " + error.message;
        return error;
    }
    return (*written)->notice();
}

}  // namespace

Result<Database> openToRead(const fs::path& file)
{
    auto database = Database::open(file, Database::Mode::read);
    if (!database) {
        return database;
    }
    const auto version = database->queryInteger("PRAGMA user_version");
    if (version || version.error().code != ErrorCode::readOnly) {
        return database;
    }
    database->close();
    auto writing = Database::open(file, Database::Mode::write);
    if (!writing) {
        return writing;
    }
    if (const auto undone = writing->queryInteger("PRAGMA user_version"); !undone) {
        return undone.error();
    }
    writing->close();
    return Database::open(file, Database::Mode::read);
}

Result<void> SessionReader::State::open()
{
    std::error_code code;
    if (!fs::exists(file, code)) {
        return Error{ErrorCode::notFound,
                     "there is no such session",
                     {},
                     "Check the name, or record one with musterctl run --db"};
    }
    if (!fs::is_regular_file(file, code)) {
        return Error{ErrorCode::invalidArgument,
                     "it is not a file that can hold a session",
                     {},
                     "Name a file, not a directory or device"};
    }
    writable = mayWrite(file) && mayWrite(file.parent_path());
    auto opened = openToRead(file);
    if (!opened) {
        return opened.error();
    }
    database = std::move(opened).value();
    auto identity = identify(database, file);
    if (!identity && identity.error().code == ErrorCode::permissionDenied) {
        identity = openWithoutLog(identity.error());
    }
    if (!identity && identity.error().code == ErrorCode::corrupt) {
        identity = insist(identity.error());
    }
    if (!identity) {
        return identity.error();
    }
    if (identity->fresh) {
        return Error{ErrorCode::notFound,
                     "the session is empty: nothing was recorded to it",
                     {},
                     "Record a run to it first (--db)"};
    }
    if (identity->version < kSessionSchemaVersion) {
        database.close();
        auto upgraded = upgradeForReading(file);
        if (!upgraded) {
            return upgraded.error();
        }
        notice = *upgraded;
        return open();
    }
    return database.execute(
        "PRAGMA query_only = ON; PRAGMA cell_size_check = ON;"
        "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
}

Result<SessionIdentity> SessionReader::State::openWithoutLog(const Error& because)
{
    // The directory may not be written to, and there is a log that needs it to be read.
    auto opened = Database::openUnchanging(file);
    if (!opened) {
        return because;
    }
    database = std::move(opened).value();
    damage.remark(
        "The log beside the session cannot be read where it lies: its last moments may "
        "be missing. Copy the session to a directory that you may write to");
    return identify(database, file);
}

Result<SessionIdentity> SessionReader::State::insist(const Error& because)
{
    if (!database.execute("PRAGMA writable_schema = ON")) {
        return because;
    }
    auto identity = identify(database, file);
    if (!identity || identity->fresh) {
        return because;
    }
    damaged = true;
    damage.remark("The file is damaged or was cut short; what is left of it is shown");
    return identity;
}

Result<Progress> SessionReader::State::progress()
{
    const auto read = readProgress(database);
    if (!read) {
        return read.error();
    }
    if (read->has_value()) {
        return **read;
    }
    // The ids that are there must do.
    damage.add("progress", 0, 1);
    Progress found;
    for (std::size_t i = 0; i < found.last.size(); ++i) {
        const std::string_view table = tableOf(static_cast<Numbered>(i));
        if (table.empty()) {
            continue;
        }
        const auto ids = idRange(database, table);
        found.last[i] = ids ? ids->last : 0;
    }
    return found;
}

Result<void> SessionReader::State::visitAll(Numbered table, const RowScan::Visit& visit,
                                            std::int64_t from)
{
    const std::string_view name = tableOf(table);
    const bool named = table == Numbered::eventTypes || table == Numbered::actions;
    auto rows = RowScan::open(database, name, named ? name : std::string_view());
    const auto reached = progress();
    if (!rows || !reached) {
        return rows ? reached.error() : rows.error();
    }
    // In parts: after damage, the rest of a part is read row by row.
    const std::int64_t end = reached->last[static_cast<std::size_t>(table)];
    for (std::int64_t first = from; first <= end; first += kPart) {
        const std::int64_t last = std::min(first + kPart - 1, end);
        const auto done = rows->visit(first, last, false, visit);
        if (!done) {
            return done.error();
        }
        damage.add(name, first, done->stopped ? done->damaged : last - first + 1 - done->good);
        if (done->stopped) {
            break;
        }
    }
    return {};
}

Result<std::unordered_map<std::int64_t, std::string>> SessionReader::State::names(Numbered table)
{
    std::unordered_map<std::int64_t, std::string> all;
    const auto done = visitAll(table, [&](const Statement& row) {
        all.emplace(row.integer(0), row.text(1));
        return true;
    });
    return done ? Result<std::unordered_map<std::int64_t, std::string>>(std::move(all))
                : done.error();
}

Result<std::vector<StoredRun>> SessionReader::State::runs()
{
    std::vector<StoredRun> all;
    const auto done = visitAll(Numbered::runs, [&](const Statement& row) {
        all.push_back(runOf(row));
        return true;
    });
    return done ? Result<std::vector<StoredRun>>(std::move(all)) : done.error();
}

Result<std::vector<StoredMark>> SessionReader::State::marks(const std::optional<StoredRange>& range)
{
    std::vector<StoredMark> all;
    const auto done = visitAll(Numbered::marks, [&](const Statement& row) {
        const WallTime at{row.integer(2)};
        if (!range || (at >= range->from && at <= range->to)) {
            all.push_back({.sequence = row.integer(0),
                           .run = {static_cast<std::uint32_t>(row.integer(1))},
                           .at = at,
                           .kind = std::string(row.text(3)),
                           .text = std::string(row.text(4))});
        }
        return true;
    });
    return done ? Result<std::vector<StoredMark>>(std::move(all)) : done.error();
}

Result<std::int64_t> SessionReader::State::firstCalls()
{
    const auto range = idRange(database, tableOf(Numbered::calls));
    auto rows = RowScan::open(database, tableOf(Numbered::calls));
    if (!range || !rows) {
        return range ? rows.error() : range.error();
    }
    std::int64_t first = 1;
    const auto seen = rows->visit(range->first, range->first, false, [&](const Statement& row) {
        first = row.text(4) == kCallsGone ? row.integer(0) : 1;
        return true;
    });
    return seen ? Result<std::int64_t>(first) : seen.error();
}

Result<std::vector<CallLogRecord>> SessionReader::State::calls(RunId run, std::string_view service)
{
    std::vector<CallLogRecord> all;
    // Those that retention deleted are not missed; where that cannot be read, they are.
    const auto first = firstCalls();
    const auto done = visitAll(
        Numbered::calls,
        [&](const Statement& row) {
            if (row.integer(1) != std::int64_t{run.value} || row.text(3) != service) {
                return true;
            }
            const auto data = row.blob(9);
            all.push_back({.at = {row.integer(2)},
                           .service = std::string(row.text(3)),
                           .machine = std::string(row.text(4)),
                           .begin = row.integer(5),
                           .asked = static_cast<std::uint64_t>(row.integer(6)),
                           .entries = static_cast<std::uint64_t>(row.integer(7)),
                           .lost = static_cast<std::uint64_t>(row.integer(8)),
                           .data = {reinterpret_cast<const char*>(data.data()), data.size()}});
            return true;
        },
        first ? *first : 1);
    return done ? Result<std::vector<CallLogRecord>>(std::move(all)) : done.error();
}

Result<std::vector<StoredConfiguration>> SessionReader::State::configurations()
{
    std::vector<StoredConfiguration> all;
    const auto done = visitAll(Numbered::configurations, [&](const Statement& row) {
        const auto text = [&row](int column) { return std::string(row.text(column)); };
        all.push_back({.run = RunId{static_cast<std::uint32_t>(row.integer(1))},
                       .record = {.at = {row.integer(2)},
                                  .version = static_cast<std::uint64_t>(row.integer(3)),
                                  .parent = static_cast<std::uint64_t>(row.integer(4)),
                                  .kind = text(5),
                                  .author = text(6),
                                  .reason = text(7),
                                  .hash = text(8),
                                  .document = text(9),
                                  .kept = text(10)}});
        return true;
    });
    return done ? Result<std::vector<StoredConfiguration>>(std::move(all)) : done.error();
}

}  // namespace muster
