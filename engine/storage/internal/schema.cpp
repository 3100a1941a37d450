// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/schema.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "storage/internal/event_rows.h"
#include "storage/internal/name_table.h"
#include "storage/internal/progress.h"
#include "storage/internal/row.h"
#include "storage/session_file.h"

namespace muster {

namespace {

constexpr std::uint64_t kPrototypeOrigin = 1;

// Where the time goes: a row costs about 2 µs, and each index as much again. So there is no index
// at all. What a query needs to pass over events (time, type, run, id) is kept once per block of
// 4,096 of them in event_blocks, which costs one small row a commit.
//
// Metric samples are kept as frames: one row for all series of one moment, its points an array
// of doubles in the order of metric_series.id, NaN where there was none. A frame is an append
// to the end of the table, where a table clustered by (series, time) would touch as many pages
// as there are series, each second. A range of any series is one scan of neighbouring rows, at
// 8 bytes a point; frame_blocks tells where it lies.
//
// The last column of each table is the checksum of those before it (row_sum.h); progress tells
// the last id of each, so that rows that are gone without a trace are missed too.
constexpr const char* kBlockColumns =
    "(id INTEGER PRIMARY KEY, rows INTEGER, durable INTEGER, from_at INTEGER, to_at INTEGER, "
    "from_sequence INTEGER, to_sequence INTEGER, from_run INTEGER, to_run INTEGER, types BLOB, "
    "checksum INTEGER)";

// What a span of time holds of metric samples: made of the frames, or of the spans of a shorter
// length, whose ids end with source (rollup.h).
constexpr const char* kRollupColumns =
    "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, to_at INTEGER, source INTEGER, "
    "points BLOB, buckets BLOB, checksum INTEGER)";

struct Table {
    const char* name;
    const char* columns;
};

constexpr std::array kTables{
    Table{"progress",
          "(id INTEGER PRIMARY KEY, commits INTEGER, runs INTEGER, event_types INTEGER, "
          "events INTEGER, actions INTEGER, result_columns INTEGER, results INTEGER, "
          "errors INTEGER, marks INTEGER, metric_series INTEGER, metric_frames INTEGER, "
          "calls INTEGER, configurations INTEGER, streams INTEGER, metric_10s INTEGER, "
          "metric_1m INTEGER, metric_10m INTEGER, texts INTEGER, rolled_10s INTEGER, "
          "rolled_1m INTEGER, rolled_10m INTEGER, checksum INTEGER)"},
    Table{"runs",
          "(id INTEGER PRIMARY KEY, started_at INTEGER, origin INTEGER, workload TEXT, "
          "workload_file TEXT, build TEXT, machine TEXT, seed INTEGER, ended_at INTEGER, "
          "summary TEXT, checksum INTEGER)"},
    Table{"event_types", "(id INTEGER PRIMARY KEY, name TEXT, checksum INTEGER)"},
    Table{"events",
          "(id INTEGER PRIMARY KEY, run INTEGER, sequence INTEGER, at INTEGER, type INTEGER, "
          "source TEXT, data TEXT, trace INTEGER, cause INTEGER, correlation INTEGER, "
          "durable INTEGER, version INTEGER, origin INTEGER, cause_origin INTEGER, "
          "checksum INTEGER)"},
    Table{"event_blocks", kBlockColumns},
    Table{"capture",
          "(run INTEGER, type TEXT, kept INTEGER, sampled_away INTEGER, capped INTEGER, "
          "counted_only INTEGER, shed INTEGER, checksum INTEGER, PRIMARY KEY(run, type)) "
          "WITHOUT ROWID"},
    Table{"metric_series",
          "(id INTEGER PRIMARY KEY, name TEXT, labels TEXT, unit TEXT, kind TEXT, "
          "checksum INTEGER)"},
    Table{"metric_frames",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, points BLOB, buckets BLOB, "
          "checksum INTEGER)"},
    Table{"frame_blocks", kBlockColumns},
    Table{"actions", "(id INTEGER PRIMARY KEY, name TEXT, checksum INTEGER)"},
    Table{"result_columns",
          "(id INTEGER PRIMARY KEY, action INTEGER, name TEXT, checksum INTEGER)"},
    Table{"results",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, action INTEGER, agent TEXT, "
          "item TEXT, data TEXT, checksum INTEGER)"},
    Table{"errors",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, action INTEGER, agent TEXT, "
          "item TEXT, class TEXT, code TEXT, message TEXT, checksum INTEGER)"},
    Table{"marks",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, kind TEXT, text TEXT, "
          "checksum INTEGER)"},
    Table{"calls",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, service TEXT, machine TEXT, "
          "begin INTEGER, asked INTEGER, entries INTEGER, lost INTEGER, data BLOB, "
          "checksum INTEGER)"},
    Table{"configurations",
          "(id INTEGER PRIMARY KEY, run INTEGER, at INTEGER, version INTEGER, parent INTEGER, "
          "kind TEXT, author TEXT, reason TEXT, hash TEXT, document TEXT, kept TEXT, "
          "checksum INTEGER)"},
    Table{"streams",
          "(name TEXT PRIMARY KEY, id INTEGER, version INTEGER, checksum INTEGER) WITHOUT ROWID"},
    Table{"stream_events",
          "(stream INTEGER, version INTEGER, position INTEGER, checksum INTEGER, "
          "PRIMARY KEY(stream, version)) WITHOUT ROWID"},
    Table{"stream_ids",
          "(origin INTEGER, sequence INTEGER, stream INTEGER, version INTEGER, checksum INTEGER, "
          "PRIMARY KEY(origin, sequence)) WITHOUT ROWID"},
    Table{"metric_10s", kRollupColumns},
    Table{"metric_10s_blocks", kBlockColumns},
    Table{"metric_1m", kRollupColumns},
    Table{"metric_1m_blocks", kBlockColumns},
    Table{"metric_10m", kRollupColumns},
    Table{"metric_10m_blocks", kBlockColumns},
    Table{"text_parts", "(id INTEGER PRIMARY KEY, last INTEGER, sum INTEGER, checksum INTEGER)"},
    Table{"queues",
          "(id INTEGER PRIMARY KEY, name TEXT, paused INTEGER, last_job INTEGER, "
          "last_token INTEGER, pushed INTEGER, done INTEGER, died INTEGER, fed INTEGER, "
          "input TEXT, checksum INTEGER)"},
    Table{"jobs",
          "(id INTEGER PRIMARY KEY, "
          "queue TEXT, priority INTEGER, payload TEXT, key TEXT, cause INTEGER, "
          "pushed_at INTEGER, attempts INTEGER, history TEXT, "
          "ready_at INTEGER, delay INTEGER, token INTEGER, leased_at INTEGER, "
          "lease INTEGER, checksum INTEGER)"},
    Table{"dead_letters",
          "(id INTEGER PRIMARY KEY, "
          "queue TEXT, priority INTEGER, payload TEXT, key TEXT, cause INTEGER, "
          "pushed_at INTEGER, attempts INTEGER, history TEXT, "
          "died_at INTEGER, cause_of_death TEXT, class TEXT, code TEXT, "
          "message TEXT, state INTEGER, changed_at INTEGER, changed_by TEXT, "
          "reason TEXT, retried_as INTEGER, edits INTEGER, checksum INTEGER)"},
    Table{"job_keys",
          "(id INTEGER PRIMARY KEY, queue TEXT, key TEXT, at INTEGER, checksum INTEGER)"},
};

// The full-text index: a table of FTS5 for each part of the events, so that retention drops what
// it no longer needs as a whole, and text_parts can hold a checksum of each (text_index.h).
constexpr std::array kTextTables{
    "CREATE VIRTUAL TABLE text_{} USING fts5(words, content='', columnsize=0, detail=none, "
    "tokenize='ascii')",
    "CREATE TABLE 'text_{}_data'(id INTEGER PRIMARY KEY, block BLOB)",
    "CREATE TABLE 'text_{}_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
    "CREATE TABLE 'text_{}_config'(k PRIMARY KEY, v) WITHOUT ROWID",
};

std::string createStatement(const Table& table)
{
    return fmt::format("CREATE TABLE {}{}", table.name, table.columns);
}

Result<void> createTables(Database& database, bool fresh);
Result<void> addCalls(Database& database, bool fresh);
Result<void> addConfigurations(Database& database, bool fresh);
Result<void> addStreams(Database& database, bool fresh);
Result<void> addQueues(Database& database, bool fresh);

struct Step {
    int to;
    /// `fresh`: there are no tables yet.
    Result<void> (*apply)(Database& database, bool fresh);
};

/// Every step there ever was, in order: sessions open for ever.
constexpr std::array kSteps{Step{1, createTables}, Step{2, addCalls}, Step{3, addConfigurations},
                            Step{4, addStreams}, Step{5, addQueues}};
static_assert(kSteps.back().to == kSessionSchemaVersion);

/// Version 0 was the prototype: one table of events, with their type as text.
Result<void> importPrototype(Database& database, Progress& progress)
{
    auto run = database.prepare("INSERT INTO runs VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    auto old = database.prepare("SELECT id, at, type, source, data FROM prototype ORDER BY id");
    auto rows = EventRows::open(database, progress, RunId{1}, kPrototypeOrigin);
    auto types = NameTable::open(database, progress, Numbered::eventTypes);
    for (const Error* error : {errorOf(run), errorOf(old), errorOf(rows), errorOf(types)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    RowWriter runRow(*run);
    runRow.put(std::int64_t{1}).put(std::int64_t{0}).put(kPrototypeOrigin);
    runRow.put("version 0").put("").put("").put("").putNull().put(std::int64_t{0}).put("");
    if (auto done = runRow.insert(); !done) {
        return done;
    }
    progress.lastOf(Numbered::runs) = 1;
    auto row = old->step();
    for (; row && *row; row = old->step()) {
        const auto type = types->number(old->text(2));
        if (!type) {
            return type.error();
        }
        const auto sequence = static_cast<std::uint64_t>(old->integer(0));
        if (auto done = rows->append({.id = {kPrototypeOrigin, sequence},
                                      .at = {old->integer(1)},
                                      .type = *type,
                                      .source = old->text(3),
                                      .data = old->text(4)});
            !done) {
            return done;
        }
    }
    return row ? rows->finish() : Result<void>(row.error());
}

Result<void> createTables(Database& database, bool fresh)
{
    Result<void> done;
    if (!fresh) {
        done = database.execute("ALTER TABLE events RENAME TO prototype");
    }
    for (const Table& table : kTables) {
        if (done) {
            done = database.execute(createStatement(table).c_str());
        }
    }
    Progress progress;
    if (done && !fresh) {
        done = importPrototype(database, progress);
    }
    if (done && !fresh) {
        done = database.execute("DROP TABLE prototype");
    }
    if (!done) {
        return done;
    }
    auto row = prepareProgress(database);
    return row ? writeProgress(*row, progress) : Result<void>(row.error());
}

const Table& tableCalled(std::string_view name)
{
    return *std::ranges::find(kTables, name, &Table::name);
}

/// Adds tables to a session whose progress counts the first `counted` tables; it is written anew,
/// as that of the newest version.
Result<void> addTables(Database& database, std::size_t counted,
                       std::initializer_list<const char*> names)
{
    // The row has fewer numbers, which reads as the checksum of its like.
    auto old = database.prepare("SELECT * FROM progress WHERE id = 1");
    if (!old) {
        return old.error();
    }
    const auto row = old->step();
    if (!row || !*row || !rowHolds(*old)) {
        return row ? Error{ErrorCode::corrupt, "how far the session came is not known", {}, {}}
                   : row.error();
    }
    Progress progress{.commits = old->integer(1)};
    for (std::size_t i = 0; i < counted; ++i) {
        progress.last[i] = old->integer(static_cast<int>(i) + 2);
    }
    old->reset();
    auto done = database.execute("DROP TABLE progress");
    if (done) {
        done = database.execute(createStatement(tableCalled("progress")).c_str());
    }
    for (const char* name : names) {
        if (done) {
            done = database.execute(createStatement(tableCalled(name)).c_str());
        }
    }
    if (!done) {
        return done;
    }
    auto written = prepareProgress(database);
    return written ? writeProgress(*written, progress) : Result<void>(written.error());
}

/// What was made in this go has the tables of the newest version already.
Result<bool> isThere(Database& database, bool fresh, const char* table)
{
    const auto count = database.queryInteger(
        fmt::format("SELECT count(*) FROM sqlite_schema WHERE name = '{}'", table).c_str());
    return count ? Result<bool>(fresh || *count != 0) : count.error();
}

/// Version 2 logs calls.
Result<void> addCalls(Database& database, bool fresh)
{
    const auto there = isThere(database, fresh, "calls");
    if (!there || *there) {
        return there ? Result<void>() : there.error();
    }
    return addTables(database, static_cast<std::size_t>(Numbered::calls),
                     {"calls", "configurations"});
}

/// Version 3 keeps the versions of the configuration.
Result<void> addConfigurations(Database& database, bool fresh)
{
    const auto there = isThere(database, fresh, "configurations");
    if (!there || *there) {
        return there ? Result<void>() : there.error();
    }
    return addTables(database, static_cast<std::size_t>(Numbered::configurations),
                     {"configurations"});
}

/// Version 4 has streams, roll-ups of the metrics, and a full-text index.
Result<void> addStreams(Database& database, bool fresh)
{
    const auto there = isThere(database, fresh, "streams");
    if (!there || *there) {
        return there ? Result<void>() : there.error();
    }
    return addTables(
        database, static_cast<std::size_t>(Numbered::streams),
        {"streams", "stream_events", "stream_ids", "metric_10s", "metric_10s_blocks", "metric_1m",
         "metric_1m_blocks", "metric_10m", "metric_10m_blocks", "text_parts"});
}

/// Version 5 has durable queues and dead letters.
Result<void> addQueues(Database& database, bool fresh)
{
    for (const char* name : {"queues", "jobs", "dead_letters", "job_keys"}) {
        const auto there = isThere(database, fresh, name);
        if (!there) {
            return there.error();
        }
        if (*there) {
            continue;
        }
        if (auto done = database.execute(createStatement(tableCalled(name)).c_str()); !done) {
            return done;
        }
    }
    return {};
}

/// Whether this is a table of the full-text index, to the letter.
bool isTextTable(std::string_view name, std::string_view sql)
{
    constexpr std::string_view kPrefix = "text_";
    if (!name.starts_with(kPrefix)) {
        return false;
    }
    name.remove_prefix(kPrefix.size());
    const std::string_view part = name.substr(0, name.find_first_not_of("0123456789"));
    return !part.empty() && std::ranges::any_of(kTextTables, [&](const char* create) {
        return sql == fmt::format(fmt::runtime(create), part);
    });
}

/// Whether the tables are those of kTables to the letter: a byte changed in their definitions
/// would change what their rows say.
Result<bool> tablesHold(Database& database)
{
    auto tables = database.prepare("SELECT name, tbl_name, type, sql FROM sqlite_schema");
    if (!tables) {
        return tables.error();
    }
    std::size_t held = 0;
    auto row = tables->step();
    for (; row && *row; row = tables->step()) {
        if (tables->text(2) == "table" && tables->text(0) == tables->text(1) &&
            isTextTable(tables->text(0), tables->text(3))) {
            continue;
        }
        const auto table = std::ranges::find(kTables, tables->text(0), &Table::name);
        if (table == kTables.end() || tables->text(1) != table->name ||
            tables->text(2) != "table" || tables->text(3) != createStatement(*table)) {
            return false;
        }
        ++held;
    }
    return row ? Result<bool>(held == kTables.size()) : Result<bool>(row.error());
}

Result<void> applyStep(Database& database, const Step& step, bool fresh)
{
    if (auto done = database.execute("BEGIN IMMEDIATE"); !done) {
        return done;
    }
    const std::string stamp = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                          kApplicationId, step.to);
    auto done = step.apply(database, fresh);
    if (done) {
        done = database.execute(stamp.c_str());
    }
    if (done) {
        done = database.execute("COMMIT");
    }
    if (!done) {
        database.rollback();
    }
    return done;
}

/// A copy that is not there yet in full is never under its final name.
Result<std::filesystem::path> backUp(Database& database, int version,
                                     const std::filesystem::path& file)
{
    std::filesystem::path copy = file;
    copy += fmt::format(".v{}-backup", version);
    std::filesystem::path part = copy;
    part += ".part";
    std::error_code code;
    std::filesystem::remove(part, code);
    if (auto done = database.copyTo(part); !done) {
        std::filesystem::remove(part, code);
        Error error = done.error();
        error.message = "no copy could be made before the upgrade: " + error.message;
        error.where = file.string();
        return error;
    }
    std::filesystem::rename(part, copy, code);
    if (code) {
        return Error{ErrorCode::ioFailure,
                     "the copy before the upgrade could not be named: " + code.message(),
                     copy.string(), "Make the directory writable"};
    }
    return copy;
}

}  // namespace

std::string createTextPart(std::int64_t part)
{
    return fmt::format(fmt::runtime(kTextTables.front()), part);
}

Result<SessionIdentity> identify(Database& database, const std::filesystem::path& file)
{
    const auto tables = database.queryInteger("SELECT count(*) FROM sqlite_schema");
    const auto application = database.queryInteger("PRAGMA application_id");
    const auto version = database.queryInteger("PRAGMA user_version");
    for (const Error* error : {errorOf(tables), errorOf(application), errorOf(version)}) {
        if (error != nullptr) {
            Error named = *error;
            named.where = file.string();
            return named;
        }
    }
    if (*tables == 0 && *application == 0 && *version == 0) {
        return SessionIdentity{.fresh = true, .version = 0};
    }
    if (*application != kApplicationId) {
        return Error{ErrorCode::corrupt, "the file is a database of another program", file.string(),
                     "Name a session file, or a new file to make one (--db)"};
    }
    if (*version > kSessionSchemaVersion || *version < 0) {
        return Error{ErrorCode::unsupportedVersion,
                     fmt::format("the session has version {} of the schema, this build knows {}",
                                 *version, kSessionSchemaVersion),
                     file.string(), "Open it with the newer Muster that made it"};
    }
    if (*version == kSessionSchemaVersion) {
        const auto hold = tablesHold(database);
        if (!hold || !*hold) {
            return Error{ErrorCode::corrupt,
                         "the session is damaged: its tables are not those of its version",
                         file.string(), "Record to another file (--db)"};
        }
    }
    return SessionIdentity{.fresh = false, .version = static_cast<int>(*version)};
}

Result<std::string> upgrade(Database& database, const SessionIdentity& from,
                            const std::filesystem::path& file)
{
    if (from.version == kSessionSchemaVersion) {
        return std::string();
    }
    std::string notice;
    if (!from.fresh) {
        const auto copy = backUp(database, from.version, file);
        if (!copy) {
            return copy.error();
        }
        notice = fmt::format(
            "Upgraded from version {} of the schema; the session as it was is "
            "in {}",
            from.version, copy->string());
    }
    for (const Step& step : kSteps) {
        if (step.to <= from.version) {
            continue;
        }
        if (auto done = applyStep(database, step, from.fresh); !done) {
            Error error = done.error();
            error.message = fmt::format("the upgrade to version {} of the schema failed: {}",
                                        step.to, error.message);
            error.where = file.string();
            return error;
        }
    }
    return notice;
}

}  // namespace muster
