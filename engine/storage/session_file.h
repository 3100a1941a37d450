// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/fault_points.h"
#include "base/result.h"
#include "storage/records.h"

namespace muster {

/// The schema this build writes. Older sessions are upgraded when opened, after a copy was put
/// beside them ("<file>.v0-backup"); newer ones are refused.
inline constexpr int kSessionSchemaVersion = 5;

enum class SessionState : std::uint8_t {
    empty,     ///< no file, or one of 0 bytes: opening it to write makes a new session
    closed,    ///< the last run ended
    live,      ///< a recorder is writing to it
    unclosed,  ///< the last run was not closed and nobody writes: it crashed
};

/// What a session is in, without changing it. Errors as SessionFile::open.
[[nodiscard]] Result<SessionState> sessionState(const std::filesystem::path& file);

/// The path with its links resolved and without "..": one session, one name.
[[nodiscard]] std::filesystem::path canonicalSessionPath(const std::filesystem::path& file);

/// A session's database opened to write, and the right to be its only writer. The right is a
/// lock on "<file>-lock" that the system takes back when the process dies, so that a run that
/// crashed is told from one that goes on. While it is held the database is in WAL mode with
/// full synchronisation ("<file>-wal" and "<file>-shm" beside it); a closed session is one file.
/// Thread safety: one thread at a time.
class SessionFile {
public:
    /// Opens, makes or upgrades. Errors name the file and what to do: notFound (the directory),
    /// permissionDenied, readOnly, corrupt (no database, another program's, damaged),
    /// unsupportedVersion, conflict (another recorder writes to it), diskFull, ioFailure.
    /// `faults`: point "storage.open".
    [[nodiscard]] static Result<std::unique_ptr<SessionFile>> open(
        const std::filesystem::path& file, FaultPoints* faults = nullptr);
    /// Closes the database and gives the right back.
    ~SessionFile();

    /// Synced before it returns.
    [[nodiscard]] Result<RunId> beginRun(const RunRecord& run);

    [[nodiscard]] const std::filesystem::path& path() const noexcept;
    /// What was upgraded or recovered when it was opened; empty when nothing was.
    [[nodiscard]] const std::string& notice() const noexcept;

    /// For the writer in this room.
    struct State;
    [[nodiscard]] State& state() noexcept { return *m_state; }

private:
    explicit SessionFile(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace muster
