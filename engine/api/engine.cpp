// SPDX-License-Identifier: Apache-2.0
#include "api/engine.h"

#include <chrono>
#include <future>

#include "api/internal/change_trial.h"
#include "api/internal/command_runner.h"
#include "api/internal/configuration_book.h"
#include "api/internal/engine_core.h"
#include "api/internal/engine_queries.h"
#include "api/internal/engine_start.h"
#include "api/internal/engine_telemetry.h"
#include "api/internal/fault_plan.h"
#include "api/internal/machine_faults.h"
#include "api/internal/queue_start.h"
#include "api/internal/run_lifecycle.h"
#include "api/internal/snapshot_builder.h"
#include "api/internal/workload_run.h"

namespace muster {

namespace {

constexpr Duration kCommandBeat = std::chrono::milliseconds(20);
constexpr Duration kLookedAt = std::chrono::milliseconds(50);
/// For the engine's own commands before its load begins.
constexpr Duration kTakenUp = std::chrono::seconds(5);
/// How late a job may be whose lease or delay ends.
constexpr Duration kQueueBeat = std::chrono::milliseconds(10);
constexpr Duration kMaintenanceBeat = std::chrono::seconds(1);

}  // namespace

namespace {

/// What an engine becomes that is there to play events again.
[[nodiscard]] Result<void> openSandbox(EngineCore& core)
{
    EngineOptions& options = core.options;
    if (!options.replay) {
        return {};
    }
    if (options.database) {
        return Error{ErrorCode::invalidArgument,
                     "what is played in a sandbox is not recorded again",
                     options.database->string(), "Leave the session out."};
    }
    if (!options.replayControl) {
        options.replayControl = std::make_shared<ReplayControl>(*options.replay);
    }
    auto sandbox = SandboxReplay::open(*options.replay, options.replayControl);
    if (!sandbox) {
        return sandbox.error();
    }
    core.sandbox = *std::move(sandbox);
    options.simulationSeed = options.simulationSeed.value_or(1);
    return {};
}

}  // namespace

/// The parts of an engine above its services, and the beats that drive them.
class Engine::Impl {
public:
    explicit Impl(std::shared_ptr<EngineCore> started)
        : core(std::move(started)),
          queues(makeQueues(*core)),
          run(core->workload ? makeRun() : nullptr),
          telemetry(*core),
          faults(*core, telemetry.resources()),
          plan(run ? std::make_unique<FaultPlan>(*core, run->faults(), faults) : nullptr),
          configuration(*core, run.get()),
          trial(*core, run.get(), configuration),
          snapshots(*core, telemetry, {run.get(), faults, configuration, trial}),
          queries(*core),
          lifecycle({*core, telemetry, snapshots, run.get(), [this] { endBeats(); },
                     [this] { faults.endAll("the run ended"); }, [this] { takeUp(); }}),
          context{*core, run.get(), lifecycle, telemetry.resources(), faults, configuration, trial},
          commands(context)
    {
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl()
    {
        if (core->sandbox) {
            core->sandbox->control()->cancel();
        }
        lifecycle.requestEnd("the engine was closed", kDrainBound);
        (void)lifecycle.wait();
        if (core->blackBox) {
            core->blackBox->end();  // it answers commands
        }
        queries.stop();
        core->endRuntime();  // before what its agents report to
    }

    void begin()
    {
        if (run) {
            telemetry.resources().cleanups().add(run->lowPriorityCleanup());
            run->onMade([this] { plan->start(); });
        }
        beat();  // limits hold from the first agent on, and there is a snapshot at once
        auto& scheduler = core->runtime->scheduler();
        m_beats = {
            scheduler.every("snapshot", core->options.snapshotPeriod, [this] { beat(); }),
            scheduler.every("commands", kCommandBeat, [this] { steer(); }),
            scheduler.every("maintenance", kMaintenanceBeat, [this] { maintain(); }),
        };
        if (queues != nullptr) {
            m_beats.push_back(scheduler.every("queues", kQueueBeat, [this] { queues->advance(); }));
        }
        lifecycle.begin();
    }

    std::shared_ptr<EngineCore> core;
    JobQueues* queues;  ///< null: there are none
    std::unique_ptr<WorkloadRun> run;
    EngineTelemetry telemetry;
    MachineFaults faults;
    std::unique_ptr<FaultPlan> plan;
    ConfigurationBook configuration;
    ChangeTrial trial;
    SnapshotBuilder snapshots;
    EngineQueries queries;
    RunLifecycle lifecycle;
    CommandContext context;
    CommandRunner commands;

private:
    [[nodiscard]] std::unique_ptr<WorkloadRun> makeRun()
    {
        return std::make_unique<WorkloadRun>(*core, [this](const std::string& reason) {
            lifecycle.requestEnd(reason, kDrainBound);
        });
    }

    void beat()
    {
        telemetry.beat();
        // Virtual time is faster than anyone looks.
        const auto now = m_real->now();
        if (!core->simulated() || now - m_builtAt >= kLookedAt) {
            m_builtAt = now;
            core->snapshots.publish(snapshots.build());
        }
        queries.flushTail();
    }

    void steer()
    {
        if (!m_configured && core->status.get().state == RunState::running) {
            m_configured = true;
            configuration.begin();
            // What of the load was kept can be taken up only now.
            for (const Command& command :
                 configuration.takesUp() ? configuration.toTakeUp() : std::vector<Command>()) {
                submitOwn(command);
            }
        }
        trial.beat(context);
        commands.beat();
    }

    /// What the session kept comes into force: before the first call, on the lifecycle's thread.
    void takeUp()
    {
        if (!configuration.readSession()) {
            return;
        }
        std::vector<std::future<void>> carriedOut;
        for (const Command& command : configuration.toTakeUp()) {
            carriedOut.push_back(submitOwn(command));
        }
        if (core->simulated()) {
            commands.beat();  // nobody else does: virtual time stands still
            return;
        }
        for (const auto& done : carriedOut) {
            (void)done.wait_for(kTakenUp);
        }
    }

    /// Carried out as any other, by the engine itself.
    std::future<void> submitOwn(Command command)
    {
        command.author = "muster";
        auto carriedOut = std::make_shared<std::promise<void>>();
        commands.submit(command, [this, text = command.text(),
                                  carriedOut](const Result<CommandOutcome>& outcome) {
            if (!outcome) {
                core->logger.warn("{}: {}", text, outcome.error().text());
            }
            carriedOut->set_value();
        });
        return carriedOut->get_future();
    }

    void maintain()
    {
        core->storeReports.publish(*core->publisher);
        if (core->recorder) {
            core->recorder->maintain();
            core->stateRecord.beat();
        }
        if (run) {
            run->services().recordCalls();
            run->recordArrivals();
        }
    }

    void endBeats()
    {
        if (core->liveReplay) {
            core->liveReplay->stop();
        }
        for (const auto beat : m_beats) {
            core->runtime->scheduler().cancel(beat);
        }
        trial.end(context);
        commands.close();
    }

    const std::shared_ptr<Clock> m_real = systemClock();
    MonoTime m_builtAt;         // the beat's
    bool m_configured = false;  // likewise
    std::vector<TimerId> m_beats;
};

Engine::Engine(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::start(const EngineOptions& options, EngineStartup* startup)
{
    const auto real = systemClock();
    const auto begin = real->now();
    auto core = std::make_shared<EngineCore>();
    core->options = options;
    if (auto ready = openSandbox(*core); !ready) {
        return ready.error();
    }
    std::unique_ptr<Impl> impl;
    const auto started = startServices(*core, [&] { impl = std::make_unique<Impl>(core); });
    if (!started) {
        if (startup != nullptr) {
            *startup = core->startup;
        }
        return started.error();
    }
    const auto took = real->now() - begin;
    core->startup.ready = took;
    Fields fields{{"workers", impl->core->runtime->workers()},
                  {"simulated", impl->core->simulated()},
                  {"seed", static_cast<std::int64_t>(impl->core->seed)},
                  {"build", buildDescription()}};
    if (!impl->core->simulated()) {
        fields.add("took_ns", took.count());
    }
    impl->core->publisher->publish(
        EventDraft{EventType::engineStarted, Component::engine, fields, {}});
    impl->begin();
    if (startup != nullptr) {
        *startup = core->startup;
    }
    return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

SnapshotPtr Engine::takeSnapshot()
{
    return m_impl->core->snapshots.take();
}

void Engine::onSnapshot(std::function<void()> notify)
{
    m_impl->core->snapshots.onPublished(std::move(notify));
}

void Engine::submit(Command command, CommandDone done)
{
    m_impl->commands.submit(std::move(command), std::move(done));
}

void Engine::agents(AgentQuery query, std::function<void(Result<AgentPage>)> done)
{
    m_impl->queries.agents(std::move(query), std::move(done));
}

void Engine::agentDetail(AgentId id, std::function<void(Result<AgentDetail>)> done)
{
    m_impl->queries.agentDetail(id, std::move(done));
}

void Engine::letters(LetterQuery query, std::function<void(Result<LetterList>)> done)
{
    m_impl->queries.letters(std::move(query), std::move(done));
}

void Engine::jobs(JobQuery query, std::function<void(Result<std::vector<JobRow>>)> done)
{
    m_impl->queries.jobs(std::move(query), std::move(done));
}

void Engine::previewRetry(LetterQuery query, std::optional<std::string> payload,
                          std::function<void(Result<std::vector<RetryPreview>>)> done)
{
    m_impl->queries.previewRetry(
        std::move(query), std::move(payload),
        [run = m_impl->run.get()](std::string_view queue, const std::string& job) {
            return run != nullptr ? run->retryFindings(queue, job) : std::vector<std::string>();
        },
        std::move(done));
}

void Engine::events(EventQuery query, std::function<void(Result<EventPage>)> done)
{
    m_impl->queries.events(std::move(query), std::move(done));
}

void Engine::tailEvents(EventQuery query, std::uint32_t rowsPerSecond,
                        std::function<void(std::vector<EventRow>, std::uint64_t)> rows)
{
    m_impl->queries.tail(std::move(query), rowsPerSecond, std::move(rows));
}

void Engine::stopTail()
{
    m_impl->queries.stopTail();
}

void Engine::whatIf(WhatIfQuery query, std::function<void(Result<WhatIf>)> done)
{
    m_impl->queries.whatIf(std::move(query), std::move(done));
}

void Engine::history(HistoryQuery query, std::function<void(Result<HistoryPage>)> done)
{
    m_impl->queries.history(std::move(query), std::move(done));
}

std::shared_ptr<ReplayControl> Engine::replay() const
{
    const EngineCore& core = *m_impl->core;
    return core.sandbox      ? core.sandbox->control()
           : core.liveReplay ? core.liveReplay->control()
                             : nullptr;
}

const EngineStartup& Engine::startup() const noexcept
{
    return m_impl->core->startup;
}

std::optional<std::filesystem::path> Engine::database() const
{
    return m_impl->core->options.database;
}

void Engine::requestStop()
{
    m_impl->lifecycle.requestEnd("stopped as asked", kDrainBound);
}

RunSummary Engine::wait()
{
    return m_impl->lifecycle.wait();
}

RunSummary Engine::drain(Duration bound)
{
    m_impl->lifecycle.requestEnd("stopped as asked", bound);
    return m_impl->lifecycle.wait();
}

bool Engine::finished() const noexcept
{
    return m_impl->lifecycle.finished();
}

}  // namespace muster
