// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/engine.h"
#include "api/session.h"

namespace muster::ui {

/// Where the console's data comes from: a running engine, a recorded session, or a test.
/// Every function returns at once, except drain() and the destructor, which belong on a
/// background thread. Callbacks come on any thread and must not block.
/// Thread safety: every function from any thread; takeSnapshot() from one reader.
class DataSource {
public:
    template <class T>
    using Reply = std::function<void(Result<T>)>;
    using TailRows = std::function<void(std::vector<EventRow> rows, std::uint64_t skipped)>;

    virtual ~DataSource() = default;

    /// False of a recorded session: nothing in it moves and nothing can be steered.
    [[nodiscard]] virtual bool live() const noexcept = 0;
    /// The file that exports are read from; empty when nothing is recorded.
    [[nodiscard]] virtual std::optional<std::filesystem::path> database() const = 0;
    /// Of a recorded session only.
    [[nodiscard]] virtual std::optional<SessionInfo> session() const = 0;
    /// How each service of the engine came up; empty of a recorded session.
    [[nodiscard]] virtual EngineStartup startup() const = 0;

    virtual void onSnapshot(std::function<void()> notify) = 0;
    [[nodiscard]] virtual SnapshotPtr takeSnapshot() = 0;

    virtual void submit(Command command, CommandDone done) = 0;
    virtual void agents(AgentQuery query, Reply<AgentPage> done) = 0;
    virtual void agentDetail(AgentId id, Reply<AgentDetail> done) = 0;
    virtual void events(EventQuery query, Reply<EventPage> done) = 0;
    virtual void tailEvents(EventQuery query, std::uint32_t rowsPerSecond, TailRows rows) = 0;
    virtual void stopTail() = 0;
    virtual void history(HistoryQuery query, Reply<HistoryPage> done) = 0;
    virtual void whatIf(WhatIfQuery query, Reply<WhatIf> done) = 0;
    virtual void letters(LetterQuery query, Reply<LetterList> done) = 0;
    virtual void jobs(JobQuery query, Reply<std::vector<JobRow>> done) = 0;
    /// Of letters that wait, with `payload`, if given, in place of theirs.
    virtual void previewRetry(LetterQuery query, std::optional<std::string> payload,
                              Reply<std::vector<RetryPreview>> done) = 0;

    virtual void requestStop() = 0;
    [[nodiscard]] virtual RunSummary drain(Duration bound) = 0;
};

/// How the bridge comes by its data: tests give their own.
struct DataSources {
    using Made = Result<std::shared_ptr<DataSource>>;

    /// Says in `startup`, when it fails, how far the engine came.
    std::function<Made(const EngineOptions&, EngineStartup& startup)> start;
    std::function<Made(const std::filesystem::path&)> open;
    std::function<Result<WorkloadInfo>(const std::filesystem::path&,
                                       const std::vector<std::string>& overrides)>
        check;
    std::function<std::vector<std::filesystem::path>()> unclosed;
    /// Reads the database anew, which a live run may be writing to. Blocking.
    std::function<Result<std::uint64_t>(const std::filesystem::path& database,
                                        const ExportQuery& query, std::ostream& out,
                                        const ExportProgress& progress)>
        exportRows;
    /// Copies the whole database to a file of its own, likewise. Blocking.
    std::function<Result<std::uint64_t>(const std::filesystem::path& database,
                                        const std::filesystem::path& file,
                                        const CopyProgress& progress)>
        copySession;
};

/// Muster's engine and its recorded sessions.
[[nodiscard]] DataSources engineSources();

}  // namespace muster::ui
