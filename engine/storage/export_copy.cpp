// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <system_error>

#include "storage/export.h"
#include "storage/internal/reader_state.h"

namespace muster {

namespace {

namespace fs = std::filesystem;

constexpr int kPagesAtOnce = 256;

struct FinishBackup {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

/// A database with a log beside it would read that log into the copy.
Result<void> checkFree(const fs::path& file)
{
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
        std::error_code unknown;
        if (fs::exists(file.string() + suffix, unknown)) {
            return Error{ErrorCode::invalidArgument, "a session of this name is in use",
                         file.string(), "Name another file"};
        }
    }
    return {};
}

/// Within a ReadMoment that has begun to read, so that writers do not make it begin anew.
Result<void> copyPages(Database& from, Database& to, const StoredCopyProgress& progress)
{
    const std::unique_ptr<sqlite3_backup, FinishBackup> backup(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
    if (!backup) {
        return databaseError(sqlite3_extended_errcode(to.handle()), to.handle());
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup.get(), kPagesAtOnce);
        const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
        const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
        if (progress && (code == SQLITE_OK || code == SQLITE_DONE) && !progress(all - left, all)) {
            return Error{ErrorCode::cancelled, "the copy was cancelled", {}, {}};
        }
    }
    return code == SQLITE_DONE ? Result<void>() : databaseError(code, to.handle());
}

Result<void> copyTo(Database& from, const fs::path& part, const StoredCopyProgress& progress)
{
    const ReadMoment moment(from);
    const auto reading = from.queryInteger("SELECT count(*) FROM sqlite_schema");
    if (!moment.begun() || !reading) {
        return moment.begun() ? reading.error() : moment.begun().error();
    }
    auto to = Database::open(part, Database::Mode::create);
    if (!to) {
        return to.error();
    }
    auto done = copyPages(from, *to, progress);
    // One file, as a closed session is.
    return done ? to->execute("PRAGMA journal_mode = DELETE") : done;
}

}  // namespace

Result<std::uint64_t> copySession(SessionReader& session, const fs::path& file,
                                  const StoredCopyProgress& progress)
{
    if (auto free = checkFree(file); !free) {
        return free.error();
    }
    fs::path part = file;
    part += ".part";
    std::error_code failed;
    fs::remove(part, failed);
    auto done = copyTo(session.state().database, part, progress);
    if (done) {
        fs::rename(part, file, failed);
        if (!failed) {
            const auto bytes = fs::file_size(file, failed);
            return static_cast<std::uint64_t>(bytes);
        }
        done = Error{ErrorCode::ioFailure, "the copy could not be named: " + failed.message(),
                     file.string(), "Name a file in a directory you may write to"};
    }
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        fs::remove(part.string() + suffix, failed);
    }
    Error error = done.error();
    error.where = error.where.empty() ? file.string() : error.where;
    return error;
}

}  // namespace muster
