// SPDX-License-Identifier: Apache-2.0
#include "storage/session_file.h"

#include <system_error>
#include <utility>

#include "storage/internal/progress.h"
#include "storage/internal/reader_state.h"
#include "storage/internal/row.h"
#include "storage/internal/schema.h"
#include "storage/internal/session_state.h"
#include "storage/session_reader.h"

namespace muster {

namespace fs = std::filesystem;

namespace {

/// A crash is followed by a look at the whole file up to this size; reading more takes too long.
constexpr std::uintmax_t kCheckedBytes = 64 * 1024 * 1024;

Error at(Error error, const fs::path& file)
{
    error.where = file.string();
    return error;
}

Result<void> checkPlace(const fs::path& file)
{
    std::error_code code;
    const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!fs::is_directory(directory, code)) {
        return Error{ErrorCode::notFound, "the directory " + directory.string() + " does not exist",
                     file.string(), "Create it, or use another file (--db)"};
    }
    if (fs::exists(file, code) && !fs::is_regular_file(file, code)) {
        return Error{ErrorCode::invalidArgument, "it is not a file that can hold a session",
                     file.string(), "Name a file, not a directory or device (--db)"};
    }
    return {};
}

/// WAL with full synchronisation: a commit is on disk before it returns.
Result<void> configure(Database& database, const fs::path& file)
{
    const auto mode = database.queryText("PRAGMA journal_mode = WAL");
    if (!mode) {
        return at(mode.error(), file);
    }
    if (*mode != "wal") {
        return Error{ErrorCode::ioFailure, "its file system cannot hold a write-ahead log",
                     file.string(), "Record to a local disk (--db)"};
    }
    auto done = database.execute(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;"
        "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;"
        "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON");
    return done ? done : Result<void>(at(done.error(), file));
}

/// Whether the last run was not closed.
Result<bool> lastRunOpen(Database& database)
{
    const auto open =
        database.queryInteger("SELECT ended_at IS NULL FROM runs ORDER BY id DESC LIMIT 1");
    if (!open) {
        return open.error();
    }
    return *open != 0;
}

Result<std::string> checkAfterCrash(Database& database, const fs::path& file)
{
    const auto crashed = lastRunOpen(database);
    if (!crashed) {
        return at(crashed.error(), file);
    }
    std::error_code code;
    if (!*crashed) {
        return std::string();
    }
    if (fs::file_size(file, code) <= kCheckedBytes) {
        const auto verdict = database.queryText("PRAGMA quick_check(1)");
        if (!verdict) {
            return at(verdict.error(), file);
        }
        if (*verdict != "ok") {
            return Error{ErrorCode::corrupt, "the session is damaged (" + *verdict + ")",
                         file.string(),
                         "Record to another file (--db); what is readable of this "
                         "one can be exported"};
        }
    }
    return std::string("The last run was not closed; all that it committed is here");
}

void addNotice(std::string& notice, const std::string& more)
{
    notice += (notice.empty() || more.empty() ? "" : ". ") + more;
}

}  // namespace

Result<SessionState> sessionState(const fs::path& file)
{
    const fs::path path = canonicalSessionPath(file);
    std::error_code code;
    if (!fs::exists(path, code) ||
        (fs::is_regular_file(path, code) && fs::file_size(path, code) == 0)) {
        return SessionState::empty;
    }
    if (SessionLock::held(path)) {
        return SessionState::live;
    }
    auto database = openToRead(path);
    if (!database) {
        return at(database.error(), path);
    }
    const auto identity = identify(database.value(), path);
    if (!identity) {
        return identity.error();
    }
    if (identity->fresh || identity->version == 0) {
        return identity->fresh ? SessionState::empty : SessionState::closed;
    }
    const auto open = lastRunOpen(database.value());
    if (!open) {
        return at(open.error(), path);
    }
    return *open ? SessionState::unclosed : SessionState::closed;
}

fs::path canonicalSessionPath(const fs::path& file)
{
    std::error_code code;
    fs::path canonical = fs::weakly_canonical(file, code);
    return code ? file : canonical;
}

Result<std::unique_ptr<SessionFile>> SessionFile::open(const fs::path& file, FaultPoints* faults)
{
    auto state = std::make_unique<State>();
    state->file = canonicalSessionPath(file);
    if (auto place = checkPlace(state->file); !place) {
        return place.error();
    }
    if (faults != nullptr) {
        if (auto fault = faults->pass("storage.open")) {
            return at(*fault, state->file);
        }
    }
    auto lock = SessionLock::acquire(state->file);
    if (!lock) {
        return lock.error();
    }
    state->lock = std::move(lock).value();
    auto database = Database::open(state->file, Database::Mode::create);
    if (!database) {
        return at(database.error(), state->file);
    }
    state->database = std::move(database).value();
    const auto identity = identify(state->database, state->file);
    if (!identity) {
        return identity.error();
    }
    if (auto done = configure(state->database, state->file); !done) {
        return done.error();
    }
    auto upgraded = upgrade(state->database, *identity, state->file);
    if (!upgraded) {
        return upgraded.error();
    }
    state->notice = *upgraded;
    const auto checked = checkAfterCrash(state->database, state->file);
    if (!checked) {
        return checked.error();
    }
    addNotice(state->notice, *checked);
    return std::unique_ptr<SessionFile>(new SessionFile(std::move(state)));
}

Result<RunId> SessionFile::beginRun(const RunRecord& run)
{
    Database& database = m_state->database;
    auto progress = loadProgress(database);
    auto insert = database.prepare("INSERT INTO runs VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    auto update = prepareProgress(database);
    for (const Error* error : {errorOf(progress), errorOf(insert), errorOf(update)}) {
        if (error != nullptr) {
            return at(*error, m_state->file);
        }
    }
    const std::int64_t id = ++progress->lastOf(Numbered::runs);
    ++progress->commits;
    auto done = database.execute("BEGIN IMMEDIATE");
    if (done) {
        RowWriter row(*insert);
        row.put(id).put(run.startedAt.nanoseconds).put(run.origin);
        row.put(run.workload).put(run.workloadFile).put(run.build).put(run.machine);
        run.seed ? row.put(*run.seed) : row.putNull();
        row.putNull().put("");
        done = row.insert();
    }
    if (done) {
        done = writeProgress(*update, *progress);
    }
    if (done) {
        done = database.execute("COMMIT");
    }
    if (!done) {
        database.rollback();
        return at(done.error(), m_state->file);
    }
    return RunId{static_cast<std::uint32_t>(id)};
}

SessionFile::SessionFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}

SessionFile::~SessionFile()
{
    m_state->foldUp();
}

const fs::path& SessionFile::path() const noexcept
{
    return m_state->file;
}

const std::string& SessionFile::notice() const noexcept
{
    return m_state->notice;
}

Result<void> SessionFile::State::reopen(FaultPoints* faults)
{
    database.close();
    if (faults != nullptr) {
        if (auto fault = faults->pass("storage.open")) {
            return at(*fault, file);
        }
    }
    auto opened = Database::open(file, Database::Mode::write);
    if (!opened) {
        return at(opened.error(), file);
    }
    database = std::move(opened).value();
    const auto identity = identify(database, file);
    if (!identity) {
        return identity.error();
    }
    if (auto done = configure(database, file); !done) {
        return done;
    }
    // After a sync that failed the kernel may call pages clean that never reached the disk. A
    // checkpoint writes all that the log holds into the database file and syncs that.
    const auto busy = database.queryInteger("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!busy) {
        return at(busy.error(), file);
    }
    if (*busy != 0) {
        return Error{ErrorCode::conflict, "a reader keeps the log from being verified",
                     file.string(), "End the export or query that is under way"};
    }
    return {};
}

void SessionFile::State::foldUp() noexcept
{
    if (database) {
        // A reader that is still inside keeps it in WAL mode, which is as good.
        (void)database.execute("PRAGMA busy_timeout = 200");
        (void)database.queryText("PRAGMA journal_mode = DELETE");
        database.close();
    }
}

}  // namespace muster
