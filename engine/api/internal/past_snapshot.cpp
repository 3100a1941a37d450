// SPDX-License-Identifier: Apache-2.0
#include "api/internal/past_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "api/series.h"

namespace muster {

namespace {

using Part = EngineState::Part;

const std::string kNotKept = "not recorded";

[[nodiscard]] double numberOf(std::string_view text)
{
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

[[nodiscard]] std::string labelled(std::string_view key, std::string_view value)
{
    return fmt::format("{}={}", key, value);
}

[[nodiscard]] PressureLevel levelOf(std::string_view word)
{
    for (const auto level :
         {PressureLevel::elevated, PressureLevel::severe, PressureLevel::critical}) {
        if (toString(level) == word) {
            return level;
        }
    }
    return PressureLevel::normal;
}

/// Builds a snapshot part by part.
class PastBuilder {
public:
    PastBuilder(const EngineState& state, const PastSample& sample, Snapshot& out)
        : m_state(state), m_sample(sample), m_out(out)
    {
    }

    void run(const StoredRun& run, WallTime at)
    {
        m_out.sequence = 1;
        m_out.at = at;
        m_out.uptime = at - run.startedAt;
        m_out.rateWindow = std::chrono::seconds(1);
        m_out.workload = run.workload;
        m_out.workloadFile = run.workloadFile;
        m_out.simulated = run.seed.has_value();
        m_out.workers = static_cast<std::uint32_t>(numberOf(m_state.value(Part::run, "workers")));
        const auto state = m_state.value(Part::run, "state");
        m_out.state = state.empty()        ? RunState::starting
                      : state == "running" ? RunState::running
                      : state == "failed"  ? RunState::failed
                                           : RunState::finished;
        m_out.stateReason = m_state.value(Part::run, "reason");
        if (m_state.value(Part::load, "state") == "paused" && m_out.state == RunState::running) {
            m_out.state = RunState::paused;
        }
        m_out.configurationVersion =
            static_cast<std::uint64_t>(numberOf(m_state.value(Part::configuration, "version")));
    }

    void agents()
    {
        const auto& totals = m_state.agents().totals();
        auto& agents = m_out.agents;
        agents.live = totals.live;
        agents.suspended = totals.suspended;
        // Who of them was at work is only sampled.
        agents.busy = std::min(m_sample.count("agents.busy"), totals.live - totals.suspended);
        agents.ready = totals.live - totals.suspended - agents.busy;
        agents.created = totals.created;
        agents.ended = totals.ended;
        agents.crashed = totals.crashed;
        agents.restarts = totals.restarts;
        m_out.waiting.messages = m_sample.count("mailbox.waiting");
        m_out.waiting.oldest = m_sample.figure("mailbox.oldest");
    }

    void events(std::string file)
    {
        auto& events = m_out.events;
        events.published = m_sample.count("events.published");
        events.stored = m_sample.count("events.stored");
        events.countedOnly = m_sample.count("events.counted_only");
        events.publishedPerSecond = m_sample.number("events.published.rate");
        events.storedPerSecond = m_sample.number("events.stored.rate");
        events.countedOnlyPerSecond = m_sample.number("events.counted_only.rate");
        m_out.store.file = std::move(file);
        m_out.store.recording = true;
        m_out.store.bytes = m_sample.count("store.bytes");
        m_out.store.waiting = m_sample.count("store.waiting");
        m_out.store.failedWrites = m_sample.count("store.failed");
    }

    void actions()
    {
        m_out.actions = totalsOf({});
        for (std::string& name : m_sample.valuesOf("actions.started", "action")) {
            ActionRow row{.name = name, .kind = {}, .totals = totalsOf(labelled("action", name))};
            m_out.actionRows.push_back(std::move(row));
        }
    }

    void load(const std::vector<PastStage>& stages)
    {
        auto& load = m_out.load;
        const auto model = m_state.value(Part::load, "model");
        load.model = model == "open"     ? LoadModel::open
                     : model == "closed" ? LoadModel::closed
                                         : LoadModel::none;
        load.paused = m_state.value(Part::load, "state") == "paused";
        setStages(load, stages);
        load.target = m_sample.at() ? m_sample.number("load.target")
                                    : numberOf(m_state.value(Part::load, "target"));
        load.offered = m_sample.count("load.offered");
        load.achieved = m_sample.count("load.achieved");
        load.dropped = m_sample.count("load.dropped");
        load.droppedLate = m_sample.count("load.dropped.late");
        load.shed = m_sample.count("load.shed");
        load.offeredPerSecond = m_sample.number("load.offered.rate");
        load.achievedPerSecond = m_sample.number("load.achieved.rate");
        load.droppedPerSecond = m_sample.number("load.dropped.rate");
        load.outstanding = m_sample.count("load.outstanding");
        load.generatorLag = m_sample.figure("load.lag");
        load.generatorSaturation = m_sample.figure("load.saturation");
        if (const auto items = m_state.value(Part::run, "input"); !items.empty()) {
            load.inputTotal = static_cast<std::uint64_t>(numberOf(items));
        }
    }

    void pressure()
    {
        m_out.pressure = levelOf(m_state.value(Part::pressure, "level"));
        m_out.pressureCause = m_state.value(Part::pressure, "cause");
        struct Watch {
            const char* name;
            const char* title;
            const char* unit;
            const char* used;
            const char* share;
        };
        static constexpr std::array kWatched{
            Watch{"cpu", "CPU", "1", "process.cpu", "process.cpu.share"},
            Watch{"memory", "Memory", "B", "process.memory", "process.memory.share"},
            Watch{"disk", "Disk", "B", "disk.used", "disk.share"},
            Watch{"files", "Open files", "1", "process.files", "process.files.share"},
            Watch{"threads", "Threads", "1", "process.threads", "process.threads.share"},
            Watch{"agents", "Agents", "1", "agents.live", "agents.share"},
            Watch{"queue", "Queue", "1", "mailbox.waiting", "queue.share"},
        };
        for (const Watch& watch : kWatched) {
            ResourceUse use;
            use.name = watch.name;
            use.title = watch.title;
            use.unit = watch.unit;
            use.used = use.own = m_sample.figure(watch.used);
            use.share = m_sample.figure(watch.share);
            use.limit = use.used.known() && use.share.known() && use.share.value > 0
                            ? Known{use.used.value / use.share.value, {}}
                            : Known{0, kNotKept};
            use.limitSource = use.limit.known() ? "as its share was then" : "not recorded";
            use.level = levelOf(m_state.value(Part::resources, watch.name));
            use.secondsToLimit = {0, "forecasts are made live only"};
            m_out.resources.push_back(std::move(use));
        }
        auto& totals = m_out.pressureTotals;
        totals.highest = m_out.pressure;
        totals.highestCause = m_out.pressureCause;
        totals.cleanups.runs = m_sample.count("cleanup.runs");
        totals.cleanups.failed = m_sample.count("cleanup.failed");
        totals.agentsRefused = m_sample.count("admission.refused", labelled("limit", "pressure"));
    }

    void faults()
    {
        for (const auto& [key, entry] : m_state.part(Part::faults)) {
            const auto slash = key.rfind('/');
            m_out.faults.push_back({.fault = key.substr(slash + 1),
                                    .value = entry.value,
                                    .left = std::nullopt,
                                    .action = key.substr(0, slash)});
        }
    }

    void frame()
    {
        m_out.frame.at = m_sample.at().value_or(m_out.at);
        for (const SeriesInfo& info : allSeries()) {
            const Known figure = m_sample.figure(info.metric);
            m_out.frame.values.push_back(figure.known() ? figure.value
                                                        : std::numeric_limits<double>::quiet_NaN());
        }
    }

    void queues()
    {
        for (std::string& name : m_sample.valuesOf("jobs.ready", "queue")) {
            const std::string labels = labelled("queue", name);
            QueueRow row;
            row.ready = m_sample.count("jobs.ready", labels);
            row.delayed = m_sample.count("jobs.delayed", labels);
            row.held = m_sample.count("jobs.held", labels);
            row.letters = m_sample.count("jobs.letters", labels);
            row.oldest = m_sample.figure("jobs.oldest", labels);
            row.pushed = m_sample.count("jobs.pushed", labels);
            row.done = m_sample.count("jobs.done", labels);
            row.failed = m_sample.count("jobs.failed", labels);
            row.rescued = m_sample.count("jobs.rescued", labels);
            row.duplicates = m_sample.count("jobs.duplicates", labels);
            row.refused = m_sample.count("jobs.refused", labels);
            row.name = std::move(name);
            m_out.queues.push_back(std::move(row));
        }
    }

private:
    /// As far as its profile is known: each stage told of itself as it began.
    void setStages(LoadStatus& load, const std::vector<PastStage>& stages) const
    {
        if (stages.empty()) {
            return;
        }
        load.startTarget = stages.front().from;
        for (const PastStage& stage : stages) {
            load.stages.push_back({stage.length, stage.to});
            if (stage.at <= m_out.at) {
                load.stage = load.stages.size() - 1;
            }
        }
        for (std::size_t i = 0; i < load.stage; ++i) {
            load.elapsed += stages[i].length;
        }
        const PastStage& now = stages[load.stage];
        const bool over =
            m_state.value(Part::load, "state") == "finished" || m_out.at - now.at >= now.length;
        load.elapsed += over ? now.length : std::max(Duration::zero(), m_out.at - now.at);
        load.stage += over && load.stage + 1 == stages.size() ? 1 : 0;
    }
    [[nodiscard]] LatencySummary latencyOf(const std::string& metric, std::string_view labels) const
    {
        const auto figure = [&](const char* name) {
            return m_sample.figure(fmt::format("{}.{}", metric, name), labels);
        };
        return {.samples = 0,
                .window = std::chrono::seconds(10),
                .p50 = figure("p50"),
                .p90 = figure("p90"),
                .p95 = figure("p95"),
                .p99 = figure("p99"),
                .p999 = figure("p999"),
                .max = figure("max")};
    }
    [[nodiscard]] ActionTotals totalsOf(std::string_view labels) const
    {
        ActionTotals totals;
        totals.started = m_sample.count("actions.started", labels);
        totals.ok = m_sample.count("actions.ok", labels);
        totals.failed = m_sample.count("actions.failed", labels);
        totals.perSecond = m_sample.number("actions.completed.rate", labels);
        totals.failuresPerSecond = m_sample.number("actions.failed.rate", labels);
        totals.okShare =
            totals.perSecond > 0
                ? Known{1 - std::min(1.0, totals.failuresPerSecond / totals.perSecond), {}}
                : Known{0, "no action ended in the last seconds"};
        totals.latency = latencyOf("actions.latency", labels);
        totals.serviceTime = latencyOf("actions.service_time", labels);
        return totals;
    }

    const EngineState& m_state;
    const PastSample& m_sample;
    Snapshot& m_out;
};

}  // namespace

SnapshotPtr pastSnapshot(const EngineState& state, const PastSample& sample, const StoredRun& run,
                         const std::filesystem::path& file, WallTime at, std::vector<Mark> marks,
                         const std::vector<PastStage>& stages)
{
    auto snapshot = std::make_shared<Snapshot>();
    PastBuilder builder(state, sample, *snapshot);
    builder.run(run, at);
    builder.agents();
    builder.events(file.string());
    builder.actions();
    snapshot->services = pastServices(state, sample, at);
    builder.load(stages);
    builder.pressure();
    builder.faults();
    builder.frame();
    builder.queues();
    const auto kept = std::min(marks.size(), Snapshot::kMarksKept);
    snapshot->marks.assign(marks.end() - static_cast<std::ptrdiff_t>(kept), marks.end());
    snapshot->attention.push_back({Severity::info,
                                   "What needed attention then is not recorded; what happened is",
                                   "Show events", "page:events"});
    return snapshot;
}

}  // namespace muster
