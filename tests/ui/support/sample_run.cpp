// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/sample_run.h"

#include <algorithm>
#include <cmath>

#include "api/series.h"

namespace muster::tests {

namespace {

using namespace std::chrono_literals;

/// A number in 0…1 that looks random and never changes.
double noise(int step, int salt)
{
    auto x = static_cast<std::uint64_t>(step) * 0x9e3779b97f4a7c15ULL +
             static_cast<std::uint64_t>(salt) * 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 31;
    x *= 0x94d049bb133111ebULL;
    x ^= x >> 29;
    return static_cast<double>(x >> 11) / 9007199254740992.0;
}

/// The same, moving slowly: as a figure averaged over a second does.
double smooth(int step, int salt)
{
    const int cell = step / 25;
    const double part = (step % 25) / 25.0;
    return noise(cell, salt) * (1 - part) + noise(cell + 1, salt) * part;
}

struct Moment {
    double t;  ///< minutes since the start
    bool incident;
    double ramp;

    explicit Moment(int step)
        : t(step / 600.0), incident(t > 6.2 && t < 7.6), ramp(std::min(1.0, t / 2.2))
    {
    }
};

std::vector<Mark> marksUntil(WallTime now)
{
    const std::vector<Mark> all = {
        {SampleRun::kStart + 2s, "run", "Run started: corpus, 200 agents", 1},
        {SampleRun::kStart + 131s, "load", "Stage 2 of 3: 312,000/s for 4 min", 2},
        {SampleRun::kStart + 374s, "restart", "digest-1074 crashed: read error; restarted", 3},
        {SampleRun::kStart + 456s, "limit", "Limit on agents 100,000 → 120,000", 4},
        {SampleRun::kStart + 612s, "pressure", "Pressure normal → elevated: memory 80 %", 5},
    };
    std::vector<Mark> marks;
    std::copy_if(all.begin(), all.end(), std::back_inserter(marks),
                 [now](const Mark& mark) { return mark.at <= now; });
    return marks;
}

ResourceUse resource(const char* name, const char* title, const char* unit, double used,
                     double limit, const char* source)
{
    ResourceUse use;
    use.name = name;
    use.title = title;
    use.unit = unit;
    use.used = {used, {}};
    use.limit = {limit, {}};
    use.share = {used / limit, {}};
    use.level = use.share.value > 0.95   ? PressureLevel::critical
                : use.share.value > 0.80 ? PressureLevel::elevated
                                         : PressureLevel::normal;
    use.limitSource = source;
    use.secondsToLimit = {0, "it does not grow"};
    return use;
}

/// What was done about it: one clean-up helped, one hardly, one failed.
void fillRelief(Snapshot& snapshot)
{
    constexpr std::uint64_t kMiB = 1024 * 1024;
    const auto cleanup = [&](Duration ago, const char* stage, const char* hook, double freed,
                             const char* failure) {
        CleanupStatus status;
        status.at = SampleRun::kStart + std::chrono::minutes(14) - ago;
        status.resource = "memory";
        status.stage = stage;
        status.hook = hook;
        status.asked = 164 * kMiB;
        status.freed = {freed * kMiB, {}};
        status.failure = failure;
        status.slight = freed < 2;
        return status;
    };
    snapshot.cleanups = {cleanup(12s, "garbage", "free heap", 48.2, ""),
                         cleanup(11s, "caches", "recent series", 0.4, ""),
                         cleanup(10s, "caches", "session pages", 0,
                                 "the session's file is busy: it is tried again in 5 s")};
    PressureTotals& totals = snapshot.pressureTotals;
    totals.highest = PressureLevel::elevated;
    totals.highestCause = "memory 81 % of limit";
    totals.changes = 1;
    totals.cleanups.runs = 3;
    totals.cleanups.failed = 1;
    totals.cleanups.freed = {{"memory", 48 * kMiB}};
    totals.eventsThinned = 184'210;
}

void fillResources(Snapshot& snapshot, const Moment& m, int step)
{
    const double memory = 0.30 + 0.51 * std::min(1.0, m.t / 11);
    constexpr double kGiB = 1024.0 * 1024 * 1024;
    snapshot.resources = {
        resource("cpu", "CPU", "1", 2 * (m.ramp * 0.84 + 0.05 * smooth(step, 1)), 2.0,
                 "machine, 2 cores"),
        resource("memory", "Memory", "B", memory * kGiB, kGiB, "workload limits.memory"),
        resource("disk", "Disk", "B", (22 + m.t * 0.05) * kGiB, 100 * kGiB,
                 "machine, above the floor of 1 GiB"),
        resource("files", "Open files", "1", 120 + 40 * smooth(step, 2), 1024,
                 "machine, ulimit -n"),
        resource("threads", "Threads", "1", 14, 4096, "cgroup v2"),
        resource("agents", "Agents", "1", static_cast<double>(snapshot.agents.live), 120'000,
                 "workload limits.agents"),
        resource("queue", "Queue depth", "1", 900 + 300 * smooth(step, 3), 40'000,
                 "resources.queue.limit"),
    };
    snapshot.resources[1].secondsToLimit = {540, {}};
    snapshot.pressure = memory > 0.8 ? PressureLevel::elevated : PressureLevel::normal;
    snapshot.pressureCause = memory > 0.8 ? "memory 81 % of limit" : "";
    if (memory > 0.8) {
        fillRelief(snapshot);
    }
}

ServiceStatus service(const std::string& name, const char* state, double perSecond,
                      double failureRate)
{
    ServiceStatus status;
    status.name = name;
    status.succeeded = static_cast<std::uint64_t>(perSecond * 120 * (1 - failureRate)) + 240;
    status.failed = static_cast<std::uint64_t>(perSecond * 120 * failureRate);
    status.perSecond = perSecond;
    status.failuresPerSecond = perSecond * failureRate;
    status.p50 = {0.4e6, {}};
    status.p99 = {6.1e6, {}};
    BreakerUse breaker;
    breaker.state = state;
    breaker.calls = 120;
    breaker.failureRate = {failureRate, {}};
    breaker.slowRate = {0, {}};
    breaker.retryAfter = {0, "it is not open"};
    breaker.probesMost = 10;
    status.breaker = breaker;
    status.limiter = LimiterUse{.ratePerSecond = 500, .burst = 100, .remaining = 68};
    status.bulkhead = {50, 12, 200, 0, false};
    status.budget = {20, 2, 14, 0};
    status.settings = std::make_shared<const std::vector<ServiceSetting>>(
        std::vector<ServiceSetting>{{"deadline", "2s", "of a whole call"},
                                    {"retry.attempts", "3", "tries in all"},
                                    {"limiter.rate", "500/s", "calls that pass"},
                                    {"limiter.burst", "100", "calls that pass at once"},
                                    {"breaker.failure_rate", "50%", "opens from this share on"},
                                    {"breaker.window", "10s", "what the share is taken over"},
                                    {"breaker.open_for", "30s", "until it probes"},
                                    {"bulkhead.concurrent", "50", "calls at once"},
                                    {"bulkhead.queue", "200", "calls that may wait"}});
    return status;
}

void fillServices(Snapshot& snapshot, const Moment& m, int step)
{
    auto& all = snapshot.services;
    all = {service("cache", "closed", 48'000 * m.ramp + 400 * smooth(step, 31), 0),
           service("disk", "half_open", 31, 0.08),
           service("index", "closed", 9'100 * m.ramp + 90 * smooth(step, 32), 0),
           service("mail", "forced_open", 0, 0),
           service("model", "closed", 40 + 3 * smooth(step, 33), 0.004),
           service("site", "open", 0, 0.52)};
    all[1].breaker->calls = 3;
    all[1].breaker->probes = 2;
    all[5].breaker->opened = 3;
    all[5].breaker->retryAfter = {11e9, {}};
    all[5].rejected = 1'904;
    all[5].rejectionsPerSecond = 31;
    all[5].limiter->remaining = 22;
}

void fillLoad(Snapshot& snapshot, const Moment& m, int step)
{
    LoadStatus& load = snapshot.load;
    load.model = LoadModel::open;
    load.stages = {{132s, 312'000}, {240s, 312'000}, {480s, 480'000}};
    load.elapsed = snapshot.at - SampleRun::kStart;
    load.stage = m.t < 2.2 ? 0 : m.t < 6.2 ? 1 : 2;
    const double third = std::clamp((m.t - 6.2) / 8, 0.0, 1.0);
    load.target = m.t < 2.2 ? 312'000 * m.t / 2.2 : 312'000 + 168'000 * third;
    load.offeredPerSecond = load.target * (0.995 + 0.01 * noise(step, 3));
    load.achievedPerSecond = load.offeredPerSecond * (m.incident ? 0.8 : 0.97 - 0.1 * third);
    load.droppedPerSecond = load.offeredPerSecond - load.achievedPerSecond;
    load.offered = static_cast<std::uint64_t>(load.target * 380);
    load.achieved = static_cast<std::uint64_t>(load.target * 366);
    load.dropped = load.offered - load.achieved;
    load.outstanding = static_cast<std::uint64_t>(1800 + 900 * smooth(step, 4));
    load.inputTaken = static_cast<std::uint64_t>(m.t * 61'000);
    load.inputTotal = 1'204'331;
    load.generatorLag = {180'000 + 90'000 * noise(step, 5), {}};
    load.generatorSaturation = {0.31 + 0.04 * noise(step, 6), {}};
}

ActionRow action(const char* name, const char* kind, double rate, double ok, double p50, double p99)
{
    ActionRow row;
    row.name = name;
    row.kind = kind;
    row.totals.perSecond = rate;
    row.totals.failuresPerSecond = rate * (1 - ok);
    row.totals.okShare = {ok, {}};
    row.totals.latency.p50 = {p50, {}};
    row.totals.latency.p99 = {p99, {}};
    return row;
}

void fillActions(Snapshot& snapshot, const Moment& m, int step)
{
    const double rate = snapshot.load.achievedPerSecond;
    const double shift = m.t > 6.2 ? 1.42 : 1;
    ActionTotals& totals = snapshot.actions;
    totals.started = static_cast<std::uint64_t>(rate * 366);
    totals.failuresPerSecond = m.t < 6.2    ? 12 + 6 * smooth(step, 6)
                               : m.incident ? 160 + 70 * smooth(step, 6)
                                            : 58 + 14 * smooth(step, 6);
    totals.perSecond = rate;
    totals.failed = static_cast<std::uint64_t>(m.t * 2'100);
    totals.ok = totals.started - std::min(totals.started, totals.failed);
    totals.okShare = {1 - totals.failuresPerSecond / std::max(rate, 1000.0), {}};
    totals.latency.window = 10s;
    totals.latency.samples = 3'100'000;
    totals.latency.p50 = {(0.20 + 0.03 * smooth(step, 7)) * 1e6, {}};
    totals.latency.p90 = {(1.1 + 0.2 * smooth(step, 7)) * 1e6, {}};
    totals.latency.p95 = {(2.0 + 0.3 * smooth(step, 8)) * 1e6, {}};
    totals.latency.p99 = {(3.0 + 0.6 * smooth(step, 9)) * shift * 1e6, {}};
    totals.latency.p999 = {(7.0 + 1.2 * smooth(step, 10)) * shift * 1e6, {}};
    totals.serviceTime.p50 = {0.17e6, {}};
    totals.serviceTime.p99 = {(1.6 + 0.2 * smooth(step, 9)) * 1e6, {}};
    totals.latency.max = {(14 + 3 * smooth(step, 11)) * shift * 1e6, {}};
    snapshot.actionRows = {
        action("digest", "files.digest", rate * 0.62 * (0.9 + 0.2 * smooth(step, 12)), 0.9996,
               0.22e6, 4.8e6 * shift / 1.42),
        action("walk", "files.walk", rate * 0.21 * (0.8 + 0.4 * smooth(step, 13)), 1.0, 0.09e6,
               1.1e6),
        action("count", "files.count", rate * 0.16 * (0.8 + 0.4 * smooth(step, 14)), 1.0, 0.17e6,
               2.9e6),
        action("think", "synthetic", rate * 0.01 * smooth(step, 15), m.incident ? 0.61 : 0.973,
               40e6, 212e6),
    };
    snapshot.actionRows.push_back(action("grep", "files.grep", 0, 1, 0, 0));
    ActionTotals& unused = snapshot.actionRows.back().totals;
    unused.okShare = unused.latency.p50 = unused.latency.p99 = {0, "it has not been called yet"};
}

/// Orders fail for good while the incident lasts; mails wait for somebody to let them go on.
void fillQueues(Snapshot& s, const Moment& m, int step)
{
    QueueRow orders;
    orders.name = "orders";
    orders.ready = static_cast<std::uint64_t>(m.ramp * (180 + 60 * smooth(step, 30)));
    orders.delayed = 12;
    orders.held = 20;
    orders.letters = m.t < 6.2 ? 3 : static_cast<std::uint64_t>(3 + (m.t - 6.2) * 6);
    orders.oldest = {4.2e9 + 1e9 * smooth(step, 31), {}};
    orders.pushedPerSecond = {118 + 6 * smooth(step, 32), {}};
    orders.donePerSecond = {114 + 6 * smooth(step, 33), {}};
    orders.pushed = static_cast<std::uint64_t>(step) * 12 + 300;
    orders.done = static_cast<std::uint64_t>(step) * 12;
    orders.died = orders.letters;
    orders.diedLastMinute = m.t < 6.2 ? 0 : 6;
    orders.rescued = 2;
    QueueRow mails;
    mails.name = "mails";
    mails.paused = true;
    mails.ready = 41;
    mails.oldest = {612e9, {}};
    mails.pushedPerSecond = {0.2, {}};
    mails.donePerSecond = {0, {}};
    mails.pushed = 1'041;
    mails.done = 1'000;
    mails.standstill = "paused: it takes in and hands nothing out";
    s.queues = {orders, mails};
}

void fillFrame(Snapshot& s)
{
    std::vector<double>& v = s.frame.values;
    v.assign(static_cast<std::size_t>(Series::count), 0.0);
    const auto set = [&v](Series series, double value) {
        v[static_cast<std::size_t>(series)] = value;
    };
    set(Series::agentsLive, static_cast<double>(s.agents.live));
    set(Series::agentsReady, static_cast<double>(s.agents.ready));
    set(Series::agentsBusy, static_cast<double>(s.agents.busy));
    set(Series::eventsRate, s.events.publishedPerSecond);
    set(Series::eventsStoredRate, s.events.storedPerSecond);
    set(Series::eventsCountedRate, s.events.countedOnlyPerSecond);
    set(Series::actionsRate, s.actions.perSecond);
    set(Series::actionsFailedRate, s.actions.failuresPerSecond);
    set(Series::actionP50, s.actions.latency.p50.value);
    set(Series::actionP90, s.actions.latency.p90.value);
    set(Series::actionP95, s.actions.latency.p95.value);
    set(Series::actionP99, s.actions.latency.p99.value);
    set(Series::actionP999, s.actions.latency.p999.value);
    set(Series::actionMax, s.actions.latency.max.value);
    set(Series::serviceTimeP99, s.actions.serviceTime.p99.value);
    set(Series::loadSaturation, s.load.generatorSaturation.value);
    set(Series::mailboxWaiting, static_cast<double>(s.waiting.messages));
    set(Series::mailboxOldest, s.waiting.oldest.value);
    set(Series::loadTarget, s.load.target);
    set(Series::loadOfferedRate, s.load.offeredPerSecond);
    set(Series::loadAchievedRate, s.load.achievedPerSecond);
    set(Series::loadDroppedRate, s.load.droppedPerSecond);
    set(Series::loadOutstanding, static_cast<double>(s.load.outstanding));
    set(Series::cpuUsed, s.resources[0].used.value);
    set(Series::memoryUsed, s.resources[1].used.value);
    set(Series::diskUsed, s.resources[2].used.value);
    set(Series::filesUsed, s.resources[3].used.value);
    set(Series::threadsUsed, s.resources[4].used.value);
    set(Series::cpuShare, s.resources[0].share.value);
    set(Series::memoryShare, s.resources[1].share.value);
    set(Series::diskShare, s.resources[2].share.value);
    set(Series::agentsShare, s.resources[5].share.value);
    set(Series::pressureLevel, static_cast<double>(s.pressure));
    set(Series::jobsReady, static_cast<double>(s.queues[0].ready + s.queues[1].ready));
    set(Series::jobsLetters, static_cast<double>(s.queues[0].letters));
    set(Series::jobsPushedRate, s.queues[0].pushedPerSecond.value);
    set(Series::jobsDoneRate, s.queues[0].donePerSecond.value);
    s.frame.at = s.at;
}

}  // namespace

std::shared_ptr<Snapshot> SampleRun::at(int step)
{
    auto snapshot = std::make_shared<Snapshot>();
    Snapshot& s = *snapshot;
    const Moment m(step);
    s.sequence = static_cast<std::uint64_t>(step);
    s.at = kStart + step * kStep;
    s.uptime = s.at - kStart;
    s.rateWindow = 1s;
    s.state = RunState::running;
    s.workload = "corpus";
    s.workloadFile = "resources/workloads/corpus.toml";
    s.workers = 2;
    s.agents.ready =
        static_cast<std::uint64_t>(20'000 + 76'000 * m.ramp + 2'200 * smooth(step, 20));
    s.agents.busy = static_cast<std::uint64_t>(m.ramp * (1'900 + 1'200 * smooth(step, 21)));
    s.agents.live = s.agents.ready + s.agents.busy;
    s.agents.created = s.agents.live + 312;
    s.agents.liveChangeOneMinute = 240;
    s.events.publishedPerSecond =
        m.ramp * (1.75e6 + 0.22e6 * std::sin(m.t * 2) + 0.1e6 * smooth(step, 22));
    s.events.storedPerSecond = 41'200 + 900 * smooth(step, 23);
    s.events.countedOnlyPerSecond = s.events.publishedPerSecond - s.events.storedPerSecond;
    const double peak =
        m.t < 6.2 ? 0 : std::max(0.0, m.t < 8 ? (m.t - 6.2) * 5 : 9 - (m.t - 8) * 1.2);
    s.waiting.messages =
        static_cast<std::uint64_t>(m.ramp * (1'900 + 900 * smooth(step, 24)) + peak * 1'000);
    s.waiting.oldest = {0.2e9 + peak * 0.3e9, {}};
    fillResources(s, m, step);
    fillServices(s, m, step);
    fillLoad(s, m, step);
    fillActions(s, m, step);
    fillQueues(s, m, step);
    s.store.recording = true;
    s.store.file = "/root/.local/share/muster/sessions/corpus-20261120-140000.db";
    s.store.bytes = 193'000'000;
    s.marks = marksUntil(s.at);
    s.attention = {
        {Severity::critical, "38 of 200 indexers restarted in 5 min", "Show agents", "page:agents"},
        {Severity::warning, "Memory reaches its limit in about 9 min", "Show resources",
         "page:resources"},
        {Severity::warning, "The load drops 13 % of its arrivals", "Lower by 10 %",
         "load.step -10%"},
        {Severity::info, "2 files could not be read", "Show errors", "page:events"},
    };
    if (m.t > 6.2) {
        s.faults = {{.fault = "delay",
                     .value = "200ms",
                     .left = 14s,
                     .action = "think",
                     .share = 0.5,
                     .hits = 1'231,
                     .end = "fault.stop action=think"}};
    }
    fillFrame(s);
    return snapshot;
}

std::shared_ptr<Snapshot> SampleRun::idle()
{
    auto snapshot = std::make_shared<Snapshot>();
    Snapshot& s = *snapshot;
    s.at = kStart;
    s.frame.at = kStart;
    s.frame.values.assign(static_cast<std::size_t>(Series::count),
                          std::numeric_limits<double>::quiet_NaN());
    const Known none{0, "no action has ended yet"};
    s.actions.okShare = none;
    s.actions.latency.p50 = s.actions.latency.p90 = s.actions.latency.p95 = none;
    s.actions.latency.p99 = s.actions.latency.p999 = s.actions.latency.max = none;
    s.waiting.oldest = {0, "no message waits"};
    s.actions.serviceTime.p50 = s.actions.serviceTime.p99 = none;
    s.load.generatorLag = s.load.generatorSaturation = {0, "the load has not started"};
    for (const auto& [name, title] : {std::pair("cpu", "CPU"), std::pair("memory", "Memory")}) {
        ResourceUse use;
        use.name = name;
        use.title = title;
        use.unit = "%";
        use.used = use.share = use.secondsToLimit = {0, "measured for the first time in a second"};
        use.limit = {0, "no limit is set"};
        s.resources.push_back(use);
    }
    return snapshot;
}

}  // namespace muster::tests
