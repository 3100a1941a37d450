// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "api/configuration.h"
#include "api/durable_queues.h"
#include "api/load_making.h"
#include "api/past_state.h"
#include "api/queries.h"
#include "api/streams.h"
#include "api/what_if.h"
#include "base/result.h"

namespace muster {

struct RunInfo {
    RunId id;
    WallTime startedAt;
    std::optional<WallTime> endedAt;  ///< empty: it was not closed (still running, or it crashed)
    std::string workload;
    std::string workloadFile;
    std::string build;
    std::string machine;
    std::string summaryJson;  ///< empty while not ended
};

struct SessionInfo {
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    int schemaVersion = 0;
    bool readOnly = false;
    bool live = false;   ///< a run is writing to it
    std::string notice;  ///< what was found damaged, migrated or skipped; empty when nothing was
    std::uint64_t events = 0;
    std::vector<RunInfo> runs;
};

/// Progress in rows written so far; return false to cancel.
using ExportProgress = std::function<bool(std::uint64_t rows)>;
/// Progress in pages copied, and of how many; return false to cancel.
using CopyProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// Whether what is exported can be written in that format and cut to what is asked;
/// invalidArgument says what goes together.
[[nodiscard]] Result<void> checkExport(const ExportQuery& query);

/// A recorded session, opened to read; a live run may be writing to it. Blocking: call it from
/// a background thread. Thread safety: one thread at a time.
class Session {
public:
    /// Errors name the file and what to do: not found, not a database, of a newer version,
    /// damaged, no permission.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const std::filesystem::path& file);
    ~Session();

    [[nodiscard]] Result<SessionInfo> info();
    [[nodiscard]] Result<EventPage> events(const EventQuery& query);
    /// A part of a stream. Errors: notFound.
    [[nodiscard]] Result<StreamReadPage> stream(const StreamReadQuery& query);
    /// By name.
    [[nodiscard]] Result<std::vector<StreamInfo>> streams();
    /// What was found damaged, upgraded or skipped so far; empty when nothing was.
    [[nodiscard]] std::string notice() const;
    /// Some of what was recorded cannot be read: what was answered so far is not all there was.
    [[nodiscard]] bool damaged() const;
    [[nodiscard]] Result<HistoryPage> history(const HistoryQuery& query);
    /// Errors: notFound for what is not there, invalidArgument and outOfRange for the settings.
    [[nodiscard]] Result<WhatIf> whatIf(const WhatIfQuery& query);
    /// Durable queues as the session holds them; who holds a job there was handed it before.
    [[nodiscard]] Result<std::vector<QueueRow>> queues();
    [[nodiscard]] Result<LetterList> letters(const LetterQuery& query);
    [[nodiscard]] Result<std::vector<JobRow>> jobs(const JobQuery& query);
    /// What the engine was at a moment; `agents` is shown the living of then. Errors: notFound for
    /// a run that is not there or a moment before it.
    [[nodiscard]] Result<PastState> stateAt(const PastQuery& query,
                                            const PastAgentVisitor& agents = {});
    /// What of a load came when, to be a load again. Errors: notFound where nothing came.
    [[nodiscard]] Result<LoadOutline> loadOutline(const LoadQuery& query);
    /// The same, as a file that a workload's [[load]] may name (model = "recorded"); whole or not
    /// at all.
    [[nodiscard]] Result<LoadOutline> saveLoad(const LoadQuery& query,
                                               const std::filesystem::path& file);
    /// Every version of the configuration, and which of them is in force.
    [[nodiscard]] Result<ConfigurationHistory> configurations();
    /// Streams with flat memory; returns the rows written (without the header). Errors: those of
    /// checkExport(), notFound for a metric nobody knows, cancelled, ioFailure.
    [[nodiscard]] Result<std::uint64_t> exportTo(const ExportQuery& query, std::ostream& out,
                                                 const ExportProgress& progress = {});
    /// Copies the whole session, as it is at one moment, to a file of its own, while a run may be
    /// writing to it; what is cancelled or fails leaves nothing. Returns the bytes of the copy.
    [[nodiscard]] Result<std::uint64_t> copyTo(const std::filesystem::path& file,
                                               const CopyProgress& progress = {});

private:
    class Impl;
    explicit Session(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

/// Where sessions are kept: $XDG_DATA_HOME/muster/sessions.
[[nodiscard]] std::filesystem::path sessionsDirectory();
/// A new file name there, from the workload's name and the time.
[[nodiscard]] std::filesystem::path newSessionFile(const std::string& workload, WallTime now);
/// Sessions whose last run was not closed and that no live process is writing to, newest first.
[[nodiscard]] std::vector<std::filesystem::path> unclosedSessions();

}  // namespace muster
