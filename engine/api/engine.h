// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/black_box.h"
#include "api/command.h"
#include "api/durable_queues.h"
#include "api/queries.h"
#include "api/replay.h"
#include "api/snapshot.h"
#include "api/what_if.h"
#include "base/log.h"
#include "base/result.h"
#include "base/service_start.h"

namespace muster {

/// A cache of the program around the engine: asked to give back when memory runs short.
struct MemoryCache {
    std::string name;  ///< as pages and events show it
    /// So many bytes, or what it has; gives what it gave back. On a thread that may block.
    std::function<std::uint64_t(std::uint64_t bytes)> giveBack;
};

/// What a run in a session that has runs already begins with.
enum class StartConfiguration : std::uint8_t {
    /// What its file says; but what the last run had kept, when that was not closed and ran
    /// what the file says still.
    keptAfterCrash,
    file,  ///< what its file says
    kept,  ///< what the session kept last
};

struct EngineOptions {
    std::uint32_t workers = 0;  ///< 0: one per core
    std::optional<std::filesystem::path> workloadFile;
    /// "input.path=DIR": sets a key of the workload file, typed as its schema says.
    std::vector<std::string> overrides;
    /// The session to append this run to, made when it is not there. Empty: not recorded.
    std::optional<std::filesystem::path> database;
    StartConfiguration configuration = StartConfiguration::keptAfterCrash;
    std::optional<Duration> runFor;  ///< a bound; a finite input may end sooner
    /// Set: simulated under virtual time with this seed. Not set: threaded, seeded by chance.
    std::optional<std::uint64_t> simulationSeed;
    std::optional<std::filesystem::path> acknowledgedLedger;  ///< one event id a line, once synced
    /// Set: a sandbox, in which these recorded events come again. It is simulated: its time goes as
    /// the replay does, what agents do is drawn, and nothing reaches outside. It is not recorded;
    /// of a workload file it has the agents, not the load. It ends with the replay.
    std::optional<ReplayQuery> replay;
    std::shared_ptr<ReplayControl> replayControl;  ///< that steers it; made when there is none
    bool trusted = false;  ///< may start the processes and reach the network the file names
    std::vector<MemoryCache> caches;
    /// Not of a simulation. Empty: a run that ends badly leaves only what it recorded.
    std::optional<BlackBoxSettings> blackBox;
    LogOptions log;
    Duration snapshotPeriod = std::chrono::milliseconds(100);
};

/// What one run came to. Written as the last JSON line of `musterctl run --format jsonl`.
/// What a load came to. Of a closed one no latency can be corrected for omission: who waits for
/// an answer asks nothing meanwhile, and a slow system is measured less often.
struct LoadTotals {
    LoadModel model = LoadModel::none;
    std::uint64_t offered = 0;
    std::uint64_t achieved = 0;
    std::uint64_t dropped = 0;
    std::uint64_t droppedLate = 0;  ///< of them, because the generator itself came too late
};

struct RunSummary {
    std::uint64_t agents = 0;
    std::uint64_t actions = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t events = 0;
    std::uint64_t stored = 0;
    std::uint64_t countedOnly = 0;
    std::uint64_t dropped = 0;
    LatencySummary latency;             ///< of the whole run, from the intended start
    LatencySummary serviceTime;         ///< from the moment an agent began
    std::optional<LoadTotals> load;     ///< of a workload that has one
    Duration wall{};                    ///< real time, from start to the end of the drain
    std::optional<Duration> simulated;  ///< virtual time that passed, of a simulation
    std::string build;
    PressureTotals pressure;
    std::vector<ServiceStatus> services;  ///< as they were at its end
    std::vector<ExpectationStatus> expectations;
    std::vector<std::string> notStopped;  ///< what did not end within the drain bound
    std::optional<Error> failure;         ///< why the run failed, where it did

    /// 0: it ran and every expectation held; 1: it failed or one did not.
    [[nodiscard]] int exitCode() const noexcept;
    [[nodiscard]] std::string json() const;
};

/// One runtime with its workload, store, load and limits; two live in one process without
/// knowing of each other. All work is on the engine's own threads: every function here returns
/// at once, except start(), drain() and wait(), which are for background threads and programs
/// without a screen. Callbacks come on an engine thread and must not block.
/// Thread safety: every function from any thread; takeSnapshot() from one reader.
class Engine {
public:
    /// Checks the workload first: nothing that works is started when it is wrong. Errors open with
    /// the name of the service that failed; `startup`, when given, then says how far it came.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> start(const EngineOptions& options,
                                                               EngineStartup* startup = nullptr);
    ~Engine();  ///< drains with the default bound when nobody did

    /// The newest snapshot since the last call, or null. Lock-free.
    [[nodiscard]] SnapshotPtr takeSnapshot();
    /// Called on an engine thread after each publication; replaces the one before.
    void onSnapshot(std::function<void()> notify);

    void submit(Command command, CommandDone done);

    void agents(AgentQuery query, std::function<void(Result<AgentPage>)> done);
    void agentDetail(AgentId id, std::function<void(Result<AgentDetail>)> done);
    /// Dead letters that wait, a window at a time.
    void letters(LetterQuery query, std::function<void(Result<LetterList>)> done);
    void jobs(JobQuery query, std::function<void(Result<std::vector<JobRow>>)> done);
    /// What a retry of these would meet now, with `payload`, if given, in place of theirs; nothing
    /// is done.
    void previewRetry(LetterQuery query, std::optional<std::string> payload,
                      std::function<void(Result<std::vector<RetryPreview>>)> done);
    /// From the session's database, or from the bounded memory history without one.
    void events(EventQuery query, std::function<void(Result<EventPage>)> done);
    /// New events that match, in order, at most `rowsPerSecond`; replaces the tail before.
    /// What was left out is counted in the last argument. Of a recorded run with `query.after`: all
    /// that is stored after that event and what comes, each once and none left out, as soon as it
    /// is committed; what is too much for the rate comes later.
    void tailEvents(EventQuery query, std::uint32_t rowsPerSecond,
                    std::function<void(std::vector<EventRow>, std::uint64_t skipped)> rows);
    void stopTail();
    void history(HistoryQuery query, std::function<void(Result<HistoryPage>)> done);
    /// Of this run, unless the query says otherwise. Errors: unavailable when it is not recorded.
    void whatIf(WhatIfQuery query, std::function<void(Result<WhatIf>)> done);

    /// Of a sandbox its replay; else the last one that was played into this engine, or null.
    [[nodiscard]] std::shared_ptr<ReplayControl> replay() const;

    /// When each service started and how long it took, and start to ready in all.
    [[nodiscard]] const EngineStartup& startup() const noexcept;
    [[nodiscard]] std::optional<std::filesystem::path> database() const;

    /// Asks the run to end: load stops, what is under way finishes. Returns at once.
    void requestStop();
    /// Waits until the run ended by itself, by its bound or by requestStop(), and was drained.
    [[nodiscard]] RunSummary wait();
    /// requestStop() and wait at most `bound`; what did not stop is named in the summary.
    [[nodiscard]] RunSummary drain(Duration bound);
    [[nodiscard]] bool finished() const noexcept;

    static constexpr Duration kDrainBound = std::chrono::seconds(5);

private:
    class Impl;
    explicit Engine(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

/// What starting `workloadFile` would do outside: asked before an untrusted file runs.
struct WorkloadInfo {
    std::string name;
    std::string description;
    std::uint64_t agents = 0;
    std::vector<std::string> startsProcesses;  ///< command lines
    std::vector<std::string> reachesNetwork;   ///< URLs
};

/// Parses and checks a workload file without starting anything.
[[nodiscard]] Result<WorkloadInfo> checkWorkload(const std::filesystem::path& file,
                                                 const std::vector<std::string>& overrides);

/// Version, commit and compiler of this build, as recorded with each run.
[[nodiscard]] std::string buildDescription();

}  // namespace muster
