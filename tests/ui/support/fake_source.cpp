// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace muster::tests {

namespace {

constexpr WallTime kStart{1'767'225'600'000'000'000};

bool matches(const EventQuery& query, const EventRow& row)
{
    const auto prefix = query.type.substr(0, query.type.find('*'));
    return (query.type.empty() || row.type.starts_with(prefix)) &&
           (query.source.empty() || row.source == query.source) &&
           (query.text.empty() || row.data.find(query.text) != std::string::npos) &&
           (!query.trace || *query.trace == row.trace) &&
           (!query.correlation || *query.correlation == row.correlation) &&
           (!query.range || (row.at >= query.range->from && row.at <= query.range->to));
}

bool matches(const LetterQuery& query, const LetterRow& letter)
{
    return (query.queue.empty() || query.queue == letter.queue) &&
           (query.failureClass.empty() || query.failureClass == letter.failureClass) &&
           (query.code.empty() || query.code == letter.code) &&
           (query.text.empty() || letter.payload.find(query.text) != std::string::npos) &&
           (query.ids.empty() || std::ranges::find(query.ids, letter.id) != query.ids.end());
}

/// Bare words only, and `state:`; anything else with a colon is a mistake.
Result<bool> matches(const std::string& filter, const AgentRow& row)
{
    if (filter.starts_with("state:")) {
        return row.state == filter.substr(6);
    }
    if (filter.starts_with("id:")) {
        return toString(row.id) == filter.substr(3);
    }
    if (filter.find(':') != std::string::npos) {
        return Error{ErrorCode::invalidArgument, "'" + filter + "' is not a known term", "filter",
                     "Use type:, state:, name:, mailbox: or a part of the name"};
    }
    return row.name.find(filter) != std::string::npos;
}

bool less(AgentColumn column, const AgentRow& a, const AgentRow& b)
{
    switch (column) {
        case AgentColumn::mailbox:
            return a.mailbox < b.mailbox;
        case AgentColumn::name:
            return a.name < b.name;
        case AgentColumn::rate:
            return a.rate.value < b.rate.value;
        default:
            return a.id < b.id;
    }
}

}  // namespace

AgentRow agentRow(std::uint64_t number)
{
    static constexpr const char* kNames[] = {"indexer", "walker", "digest", "checker"};
    AgentRow row;
    row.id = {static_cast<std::uint32_t>(0x1a2f + number * 977 % 60'000),
              static_cast<std::uint32_t>(1 + number % 3)};
    row.name = std::string(kNames[number % 4]) + "-" + std::to_string(1000 + number);
    row.type = "task";
    row.state = number == 7 ? "suspended" : number % 3 == 0 ? "busy" : "ready";
    row.action = row.state == "busy" ? "files.digest" : "";
    row.rate = {9'800.0 / static_cast<double>(number + 1), {}};
    row.total = 400'000 / (number + 1);
    row.mailbox = 2'400 / (number * number + 1);
    row.oldest = row.mailbox > 0 ? Known{1.9e9 / static_cast<double>(number + 1), {}}
                                 : Known{0, "nothing waits"};
    row.p50 = {2.0e5 + 1e4 * static_cast<double>(number % 40), {}};
    row.p99 = number % 5 == 4 ? Known{0, "not sampled yet"}
                              : Known{9.1e6 / (1 + 0.3 * static_cast<double>(number % 30)), {}};
    row.memory = 312 - number % 90;
    row.restarts = number == 3 ? 2 : 0;
    return row;
}

LetterRow letterRow(std::uint64_t number)
{
    const bool timed = number % 4 == 0;
    LetterRow row;
    row.id = 100 + number;
    row.queue = "orders";
    row.payload = R"({"order":)" + std::to_string(1000 + number) + R"(,"item":"lamp","count":2})";
    row.priority = "normal";
    row.attempts = 4;
    row.diedAt = kStart + std::chrono::seconds(number);
    row.pushedAt = row.diedAt - std::chrono::seconds(2);
    row.died = "exhausted";
    row.failureClass = timed ? "timeout" : "application";
    row.code = timed ? "timed_out" : "unavailable";
    row.message = timed ? "the shop did not answer within 1 s" : "the shop knows no such item";
    row.state = "waiting";
    for (std::uint32_t attempt = 1; attempt <= 4; ++attempt) {
        const WallTime begun = row.pushedAt + std::chrono::milliseconds(400 * attempt);
        row.history.push_back({attempt, begun, begun + std::chrono::milliseconds(120),
                               row.failureClass, row.code, row.message});
    }
    return row;
}

std::vector<LetterRow> letterRows(std::uint64_t count)
{
    std::vector<LetterRow> rows;
    while (count > 0) {
        rows.push_back(letterRow(count--));
    }
    return rows;
}

JobRow jobRow(std::uint64_t number)
{
    JobRow row;
    row.id = number;
    row.payload = R"({"order":)" + std::to_string(2000 + number) + R"(,"item":"lamp","count":2})";
    row.priority = number % 5 == 0 ? "high" : "normal";
    row.state = number < 20 ? "held" : number % 7 == 0 ? "delayed" : "ready";
    row.attempts = number % 7 == 0 ? 2 : 1;
    row.pushedAt = kStart + std::chrono::seconds(number);
    return row;
}

EventRow eventRow(std::uint64_t number, const std::string& type)
{
    EventRow row;
    row.id = {7, number};
    row.at = kStart + std::chrono::milliseconds(17 * number);
    row.type = type;
    row.source = "digest-" + std::to_string(number % 200);
    row.data = R"({"path":"/usr/share/doc/gcc-12/changelog-)" + std::to_string(number) +
               R"(.gz","bytes":)" + std::to_string(1024 * (number % 90 + 1)) + R"(,"took_ns":)" +
               std::to_string(200'000 + 977 * number % 90'000) + "}";
    row.trace = {number / 4 + 1};
    row.correlation = {number / 2 + 1};
    row.run = {1};
    return row;
}

std::shared_ptr<Snapshot> busySnapshot(std::uint64_t sequence)
{
    auto snapshot = std::make_shared<Snapshot>();
    auto& s = *snapshot;
    s.sequence = sequence;
    s.at = kStart + std::chrono::milliseconds(100 * sequence);
    s.uptime = std::chrono::seconds(761) + std::chrono::milliseconds(100 * sequence);
    s.rateWindow = std::chrono::seconds(1);
    s.state = RunState::running;
    s.workload = "corpus";
    s.workloadFile = "resources/workloads/corpus.toml";
    s.workers = 2;
    s.agents = {.live = 100'240,
                .initializing = 0,
                .ready = 98'100,
                .busy = 2'139,
                .suspended = 1,
                .terminating = 0,
                .created = 100'300,
                .ended = 60,
                .crashed = 2,
                .restarts = 2,
                .liveChangeOneMinute = 240};
    s.events = {.published = 2'100'000,
                .stored = 184'000,
                .countedOnly = 1'916'000,
                .dropped = 0,
                .publishedPerSecond = 1.94e6,
                .storedPerSecond = 41'200,
                .countedOnlyPerSecond = 1.9e6};
    s.actions.perSecond = 312'000;
    s.actions.ok = 40'211;
    s.actions.latency.p50 = {2.1e5, {}};
    s.actions.latency.p99 = {4.8e6, {}};
    s.waiting = {8'112, {1.4e9, {}}};
    s.load.model = LoadModel::closed;
    s.store = {true, "/var/lib/muster/2026-11-20-140203.db", 184'000'000, 12, 0, {}};
    s.frame = {s.at, std::vector<double>(static_cast<std::size_t>(Series::count), 1.0)};
    return snapshot;
}

FakeSource::FakeSource(std::uint64_t agents) : m_agents(agents) {}

void FakeSource::publish(SnapshotPtr snapshot)
{
    std::function<void()> notify;
    {
        const std::lock_guard lock(m_mutex);
        m_snapshot = std::move(snapshot);
        notify = m_notify;
    }
    if (notify) {
        notify();
    }
}

bool FakeSource::emitEvents(std::vector<EventRow> rows, std::uint64_t skipped)
{
    TailRows to;
    {
        const std::lock_guard lock(m_mutex);
        to = m_tailRows;
    }
    if (to) {
        to(std::move(rows), skipped);
    }
    return static_cast<bool>(to);
}

void FakeSource::setEvents(std::vector<EventRow> newestFirst)
{
    const std::lock_guard lock(m_mutex);
    m_events = std::move(newestFirst);
}

std::vector<Command> FakeSource::commands() const
{
    const std::lock_guard lock(m_mutex);
    return m_commands;
}

std::vector<AgentQuery> FakeSource::agentQueries() const
{
    const std::lock_guard lock(m_mutex);
    return m_agentQueries;
}

std::vector<EventQuery> FakeSource::eventQueries() const
{
    const std::lock_guard lock(m_mutex);
    return m_eventQueries;
}

std::optional<EventQuery> FakeSource::tail() const
{
    const std::lock_guard lock(m_mutex);
    return m_tail;
}

int FakeSource::stopsRequested() const
{
    const std::lock_guard lock(m_mutex);
    return m_stops;
}

void FakeSource::onSnapshot(std::function<void()> notify)
{
    const std::lock_guard lock(m_mutex);
    m_notify = std::move(notify);
}

SnapshotPtr FakeSource::takeSnapshot()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_snapshot, nullptr);
}

void FakeSource::submit(Command command, CommandDone done)
{
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(command);
    }
    done(onCommand ? onCommand(command) : CommandOutcome{"Did " + command.name, 1, {}});
}

void FakeSource::agents(AgentQuery query, Reply<AgentPage> done)
{
    {
        const std::lock_guard lock(m_mutex);
        m_agentQueries.push_back(query);
    }
    std::vector<AgentRow> matching;
    for (std::uint64_t number = 0; number < m_agents; ++number) {
        const auto row = agentRow(number);
        const auto wanted = matches(query.filter, row);
        if (!wanted.ok()) {
            done(wanted.error());
            return;
        }
        if (wanted.value()) {
            matching.push_back(row);
        }
    }
    std::ranges::stable_sort(matching, [&query](const AgentRow& a, const AgentRow& b) {
        return query.descending ? less(query.sort, b, a) : less(query.sort, a, b);
    });
    AgentPage page{m_agents, matching.size(), query.offset, {}, kStart};
    for (auto at = query.offset; at < matching.size() && page.rows.size() < query.limit; ++at) {
        page.rows.push_back(matching[at]);
    }
    done(std::move(page));
}

void FakeSource::agentDetail(AgentId id, Reply<AgentDetail> done)
{
    for (std::uint64_t number = 0; number < m_agents; ++number) {
        AgentDetail detail;
        detail.row = agentRow(number);
        if (detail.row.id != id) {
            continue;
        }
        detail.stateJson = R"({"action":"files.digest","path":"doc/gcc-12/changelog.gz",)"
                           R"("attempt":1,"files":40211,"bytes":918273645})";
        detail.capabilities = {"text", "local"};
        detail.attributes = {{"zone", "eu"}};
        detail.supervisorName = "indexer-supervisor";
        detail.createdAt = kStart;
        detail.messagesNote = "1 of 64 messages is sampled";
        for (int at = 0; at < 4; ++at) {
            detail.lastMessages.push_back({kStart + std::chrono::milliseconds(41'204 - 5 * at),
                                           "file.found",
                                           {2.1e5 + 1e6 * at, {}},
                                           at == 2 ? "failed" : "ok"});
        }
        done(std::move(detail));
        return;
    }
    done(Error{ErrorCode::notFound, "No such agent", toString(id), "It has ended"});
}

void FakeSource::events(EventQuery query, Reply<EventPage> done)
{
    const std::lock_guard lock(m_mutex);
    m_eventQueries.push_back(query);
    EventPage page;
    bool past = !query.after.has_value();
    for (const auto& row : m_events) {
        if (past && matches(query, row)) {
            if (query.limit != 0 && page.rows.size() == query.limit) {
                page.more = true;
                break;
            }
            page.rows.push_back(row);
        }
        past = past || row.id == *query.after;
    }
    done(std::move(page));
}

void FakeSource::tailEvents(EventQuery query, std::uint32_t, TailRows rows)
{
    const std::lock_guard lock(m_mutex);
    m_tail = std::move(query);
    m_tailRows = std::move(rows);
}

void FakeSource::stopTail()
{
    const std::lock_guard lock(m_mutex);
    m_tail.reset();
    m_tailRows = {};
}

void FakeSource::history(HistoryQuery query, Reply<HistoryPage> done)
{
    done(onHistory ? onHistory(query) : HistoryPage{});
}

void FakeSource::whatIf(WhatIfQuery query, Reply<WhatIf> done)
{
    done(onWhatIf ? onWhatIf(query) : WhatIf{});
}

void FakeSource::letters(LetterQuery query, Reply<LetterList> done)
{
    LetterList list;
    for (const LetterRow& letter : deadLetters) {
        if (!matches(query, letter)) {
            continue;
        }
        const auto group = std::ranges::find_if(list.groups, [&](const LetterGroupRow& each) {
            return each.queue == letter.queue && each.failureClass == letter.failureClass &&
                   each.code == letter.code;
        });
        if (group != list.groups.end()) {
            ++group->letters;
        } else {
            list.groups.push_back({letter.queue, letter.failureClass, letter.code, letter.message,
                                   1, letter.diedAt, letter.diedAt});
        }
        if (list.total >= query.offset && list.rows.size() < query.limit) {
            list.rows.push_back(letter);
        }
        ++list.total;
    }
    done(std::move(list));
}

void FakeSource::jobs(JobQuery query, Reply<std::vector<JobRow>> done)
{
    std::vector<JobRow> rows;
    for (const JobRow& job : jobRows) {
        if (job.id > query.after && rows.size() < query.limit) {
            rows.push_back(job);
        }
    }
    done(std::move(rows));
}

void FakeSource::previewRetry(LetterQuery query, std::optional<std::string> payload,
                              Reply<std::vector<RetryPreview>> done)
{
    done(onPreviewRetry ? onPreviewRetry(query, payload) : std::vector<RetryPreview>{});
}

void FakeSource::requestStop()
{
    const std::lock_guard lock(m_mutex);
    ++m_stops;
}

RunSummary FakeSource::drain(Duration bound)
{
    return onDrain ? onDrain(bound) : RunSummary{};
}

ui::DataSources sourcesOf(std::shared_ptr<FakeSource> source)
{
    const auto made = [source] { return ui::DataSources::Made(source); };
    ui::DataSources sources;
    sources.start = [made](const EngineOptions&, EngineStartup&) { return made(); };
    sources.open = [made](const std::filesystem::path&) { return made(); };
    sources.check = [](const auto&, const auto&) -> Result<WorkloadInfo> { return WorkloadInfo{}; };
    return sources;
}

}  // namespace muster::tests
