// SPDX-License-Identifier: Apache-2.0
#include "api/internal/engine_start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/machine.h"
#include "base/rng.h"
#include "base/service_starter.h"
#include "storage/session_file.h"

namespace muster {

namespace {

/// What starting the file would do outside, unless it is trusted or only simulated.
[[nodiscard]] Result<void> checkTrust(const WorkloadSpec& workload, const EngineOptions& options)
{
    auto outside = workload.startsProcesses();
    const auto network = workload.reachesNetwork();
    outside.insert(outside.end(), network.begin(), network.end());
    if (outside.empty() || options.trusted || options.simulationSeed) {
        return {};
    }
    return Error{ErrorCode::permissionDenied,
                 fmt::format("the workload starts processes or reaches the network ({}), and is "
                             "not trusted to",
                             fmt::join(outside, "; ")),
                 workload.file,
                 "Read the file; when it is what you want, run it with --trust or allow it in "
                 "the console."};
}

/// What the agents are to work through must be there; whether it can be read shows later.
[[nodiscard]] Result<void> checkInput(const WorkloadSpec& workload)
{
    std::error_code failed;
    const auto& path = workload.input.path;
    if (workload.input.kind == InputKind::none || std::filesystem::exists(path, failed)) {
        return {};
    }
    return Error{ErrorCode::notFound,
                 fmt::format("the input cannot be found{}{}", failed ? ": " : "",
                             failed ? failed.message() : ""),
                 path, "Name another with --set input.path=PATH, or in the file under [input]."};
}

/// What each service does to start and to stop.
class CoreStart {
public:
    explicit CoreStart(EngineCore& core) : m_core(core) {}

    void declareTo(ServiceStarter& services)
    {
        const auto step = [this](Result<void> (CoreStart::*method)()) {
            return [this, method] { return (this->*method)(); };
        };
        services.add({"log", {}, step(&CoreStart::startLog), {}});
        services.add({"workload", {}, step(&CoreStart::readFile), {}});
        services.add({"telemetry", {}, step(&CoreStart::startTelemetry), {}});
        services.add({"events", {"log"}, step(&CoreStart::startEvents), {}});
        // Opening a session waits for the disk: alone here it is worth a thread of its own.
        services.add({"storage",
                      {"log", "workload", "telemetry", "events"},
                      step(&CoreStart::openStorage),
                      [this] { closeStorage(); },
                      options().database.has_value()});
        services.add(
            {"runtime", {"log", "workload", "events"}, step(&CoreStart::startRuntime), [this] {
                 m_core.endRuntime();
             }});
    }

    /// What it cannot do is told, and is no reason not to run; nobody waits for it.
    void beginBlackBox()
    {
        if (options().blackBox && !m_core.simulated()) {
            m_core.blackBox =
                std::make_unique<BlackBoxKeeper>(m_core, *options().blackBox, runRecord());
            m_core.blackBox->begin();
        }
    }

private:
    [[nodiscard]] const EngineOptions& options() const { return m_core.options; }

    Result<void> startLog()
    {
        auto log = LogSystem::open(options().log);
        if (!log) {
            return log.error();
        }
        m_core.log = *std::move(log);
        m_core.logger = m_core.log->component("engine");
        return {};
    }

    Result<void> readFile()
    {
        m_core.actions = builtInActions();
        if (!options().workloadFile) {
            return {};
        }
        auto workload = readWorkload(*options().workloadFile, options().overrides, m_core.actions);
        if (!workload) {
            return workload.error();
        }
        if (auto trusted = checkTrust(*workload, options()); !trusted) {
            return trusted;
        }
        if (auto found = m_core.simulated() ? Result<void>{} : checkInput(*workload); !found) {
            return found;
        }
        m_core.workload = *std::move(workload);
        m_core.admission.setLimits(
            {m_core.workload->limits.agents, m_core.workload->limits.memory});
        return {};
    }

    Result<void> openStorage()
    {
        if (options().acknowledgedLedger) {
            if (auto wanted = checkLedger(); !wanted) {
                return wanted;
            }
            auto ledger = Ledger::open(*options().acknowledgedLedger);
            if (!ledger) {
                return ledger.error();
            }
            m_core.ledger = *std::move(ledger);
        }
        return options().database ? openRecorder() : Result<void>{};
    }

    /// Only what is recorded is acknowledged, and the two are never one file.
    [[nodiscard]] Result<void> checkLedger() const
    {
        const auto file = options().acknowledgedLedger->string();
        if (!options().database) {
            return Error{ErrorCode::invalidArgument,
                         "nothing is acknowledged in a run that is not recorded", file,
                         "Name a session too (--db), or leave --acknowledged out"};
        }
        if (canonicalSessionPath(file) == canonicalSessionPath(*options().database)) {
            return Error{ErrorCode::invalidArgument,
                         "the ledger of acknowledged events cannot be the session itself", file,
                         "Name another file (--acknowledged)"};
        }
        return {};
    }

    [[nodiscard]] RunRecord runRecord() const
    {
        RunRecord run;
        run.startedAt = m_core.startedAt;
        run.origin = origin();
        run.build = buildDescription();
        run.machine = machineDescription();
        run.seed = options().simulationSeed;
        if (m_core.workload) {
            run.workload = m_core.workload->name;
            run.workloadFile = m_core.workload->file;
        }
        return run;
    }

    Result<void> openRecorder()
    {
        RecorderOptions recorder;
        recorder.file = *options().database;
        recorder.clock = m_core.clock;
        recorder.simulated = m_core.simulated();
        recorder.faults = &m_core.faults;
        recorder.logger = m_core.log->component("storage");
        recorder.run = runRecord();
        if (m_core.workload) {
            auto capture = captureOf(*m_core.workload);
            if (!capture) {
                return capture.error();
            }
            recorder.capture = *std::move(capture);
            recorder.retention = m_core.workload->retention;
        }
        auto opened = Recorder::open(std::move(recorder));
        if (!opened) {
            return opened.error();
        }
        m_core.recorder = *std::move(opened);
        listenToRecorder();
        // The store first, so that what explains an event never comes before it.
        constexpr int kStoreFirst = 100;
        m_core.bus->subscribeDirect({TopicPattern()}, *m_core.recorder, kStoreFirst);
        m_core.sampler->addSink(*m_core.recorder);
        return {};
    }

    void closeStorage()
    {
        if (m_core.recorder) {
            (void)m_core.recorder->close({m_core.clock->wall(), {}});
        }
    }

    void listenToRecorder()
    {
        auto& core = m_core;
        if (core.ledger) {
            core.recorder->onAcknowledged([&core](std::span<const EventId> ids) {
                if (const auto written = core.ledger->append(ids); !written) {
                    core.logger.error("{}", written.error().text());
                }
            });
        }
        if (core.simulated()) {
            return;  // when a disk fails is no part of the seed
        }
        core.recorder->onTrouble(
            [&core](const RecorderTrouble& trouble) { core.storeReports.report(trouble); });
        core.recorder->onRetention(
            [&core](const RecorderRetention& gone) { core.storeReports.report(gone); });
    }

    [[nodiscard]] std::uint64_t origin() const
    {
        return Rng(m_core.seed).fork("events").next() | 1;
    }

    Result<void> startEvents()
    {
        m_core.bus = std::make_unique<EventBus>(m_core.types, m_core.metrics);
        m_core.bus->subscribeDirect(MarkMaker::topics(), m_core.markMaker);
        PublisherOptions publisher;
        publisher.origin = origin();
        publisher.logger = m_core.log->component("events");
        m_core.publisher = std::make_unique<Publisher>(*m_core.bus, m_core.types, m_core.pool,
                                                       m_core.clock, publisher);
        if (m_core.sandbox) {
            m_core.bus->subscribeDirect({TopicPattern()}, m_core.sandbox->digest());
        } else if (!m_core.simulated()) {
            m_core.liveReplay = std::make_unique<LiveReplay>(*m_core.publisher);
        }
        return {};
    }

    Result<void> startTelemetry()
    {
        m_core.sampler = std::make_unique<Sampler>(m_core.metrics, m_core.clock);
        return {};
    }

    Result<void> startRuntime()
    {
        RuntimeOptions runtime;
        runtime.scheduler = m_core.simulated() ? SchedulerKind::simulated : SchedulerKind::threaded;
        runtime.workers = options().workers;
        runtime.seed = Rng(m_core.seed).fork("runtime").next();
        runtime.clock = m_core.clock;
        runtime.events = m_core.publisher.get();
        runtime.metrics = &m_core.metrics;
        runtime.admission = &m_core.runtimeAdmission;
        runtime.logger = m_core.log->component("runtime");
        runtime.onStall = [&core = m_core](const Stall& stall) {
            core.stalls.add(stall, core.clock->now());
        };
        auto made = Runtime::create(runtime);
        if (!made) {
            return made.error();
        }
        m_core.runtime = *std::move(made);
        m_core.bus->attach(*m_core.runtime);
        return {};
    }

    EngineCore& m_core;
};

}  // namespace

Result<CapturePolicy> captureOf(const WorkloadSpec& workload)
{
    std::vector<CaptureRule> rules;
    for (const auto& spec : workload.capture) {
        auto rule = CapturePolicy::parseRule(spec.pattern, spec.rule);
        if (!rule) {
            auto error = rule.error();
            error.where = fmt::format("{}: key \"capture.{}\"", spec.at.text(), spec.pattern);
            return error;
        }
        rules.push_back(*std::move(rule));
    }
    return CapturePolicy::make(std::move(rules));
}

Result<void> startServices(EngineCore& core, std::function<void()> makeControl)
{
    core.seed = core.options.simulationSeed.value_or(entropySeed());
    if (core.simulated()) {
        core.clock = core.manualClock = std::make_shared<ManualClock>();
        if (core.sandbox) {
            core.manualClock->setWall(core.sandbox->from());
        }
    } else {
        core.clock = core.jumpingClock = std::make_shared<JumpingClock>();
    }
    core.startedAt = core.clock->wall();
    core.startedMono = core.clock->now();

    ServiceStarter services(systemClock());
    CoreStart start(core);
    start.declareTo(services);
    services.add({"control",
                  {"telemetry", "storage", "runtime"},
                  [&]() -> Result<void> {
                      start.beginBlackBox();
                      makeControl();
                      return {};
                  },
                  {}});
    auto started = services.start(core.simulated() ? ServiceStarter::Order::declared
                                                   : ServiceStarter::Order::parallel);
    core.startup.services = services.starts();
    return started;
}

}  // namespace muster
