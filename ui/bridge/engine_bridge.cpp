// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/engine_bridge.h"

#include <algorithm>
#include <utility>

#include "bridge/deliver.h"

namespace muster::ui {

namespace {

Error nothingOpen()
{
    return {ErrorCode::unavailable,
            "Nothing is running",
            {},
            "Run a workload from the Start page first"};
}

Error locked()
{
    return {ErrorCode::readOnly,
            "The console is locked read-only",
            {},
            "Unlock it with the lock in the top bar"};
}

Error notOfThen()
{
    return {ErrorCode::unavailable,
            "Jobs and dead letters one by one are known as they are now, not as they were then",
            {},
            "The figures of each queue are of then; go back to live (Esc) to see its jobs"};
}

Error lookingBackNow()
{
    return {ErrorCode::readOnly,
            "You are looking back in time, where nothing can be changed",
            {},
            "Go back to live (Esc) first"};
}

}  // namespace

EngineBridge::EngineBridge(DataSources sources, QObject* parent)
    : QObject(parent),
      m_sources(std::move(sources)),
      m_inbox(std::make_shared<Inbox>()),
      m_worker(std::make_unique<TaskThread>("muster-bridge"))
{
    qRegisterMetaType<SnapshotPtr>();
    qRegisterMetaType<RunSummary>();
    qRegisterMetaType<Error>();
    connect(&m_past, &PastView::arrived, this, [this](const PastMomentPtr& moment) {
        if (m_lookedAt) {
            m_moment = moment;
            emit momentArrived(moment);
        }
    });
    connect(&m_past, &PastView::failed, this, &EngineBridge::lookFailed);
}

EngineBridge::~EngineBridge()
{
    m_inbox->close();
    if (m_source) {
        m_source->onSnapshot({});
        m_worker->post(
            [source = std::move(m_source)] { (void)source->drain(Engine::kDrainBound); });
    }
    m_worker.reset();
}

void EngineBridge::start(EngineOptions options)
{
    open([make = m_sources.start, options = std::move(options)](EngineStartup& startup) {
        return make(options, startup);
    });
}

void EngineBridge::openSession(std::filesystem::path file)
{
    open([make = m_sources.open, file = std::move(file)](EngineStartup&) { return make(file); });
}

void EngineBridge::open(Make make)
{
    close();
    m_failedStart = {};
    setMode(Mode::opening);
    m_worker->post([this, inbox = m_inbox, opening = ++m_opening, make = std::move(make)] {
        EngineStartup startup;
        auto made = make(startup);
        inbox->post(
            [this, opening, made = std::move(made), startup = std::move(startup)]() mutable {
                adopt(opening, std::move(made), std::move(startup));
            });
    });
}

void EngineBridge::adopt(std::uint64_t opening, DataSources::Made made, EngineStartup startup)
{
    const bool overtaken = opening != m_opening;
    if (!made.ok()) {
        if (!overtaken) {
            m_failedStart = std::move(startup);
            setMode(Mode::empty);
            emit openFailed(made.error());
        }
        return;
    }
    if (overtaken) {
        letGo(std::move(made).value());
        return;
    }
    m_source = std::move(made).value();
    m_summarised = false;
    m_snapshot.reset();
    setMode(m_source->live() ? Mode::live : Mode::recorded);
    listen();
}

void EngineBridge::listen()
{
    m_source->onSnapshot([this, inbox = std::weak_ptr(m_inbox), pending = m_snapshotPending] {
        // One hand-over under way at a time; the newest is taken when it is carried out.
        if (!pending->exchange(true)) {
            if (const auto to = inbox.lock()) {
                to->post([this, at = std::chrono::steady_clock::now()] { takeSnapshot(at); });
            }
        }
    });
    takeSnapshot(std::chrono::steady_clock::now());
}

void EngineBridge::takeSnapshot(std::chrono::steady_clock::time_point arrival)
{
    m_snapshotPending->store(false);
    if (!m_source) {
        return;
    }
    auto newest = m_source->takeSnapshot();
    if (!newest) {
        return;
    }
    m_arrival = arrival;
    m_snapshot = std::move(newest);
    emit snapshotReady(m_snapshot);
    const bool over =
        m_snapshot->state == RunState::finished || m_snapshot->state == RunState::failed;
    if (over && m_mode == Mode::live) {
        summarise();
    }
}

void EngineBridge::summarise()
{
    if (std::exchange(m_summarised, true)) {
        return;
    }
    m_worker->post([this, inbox = m_inbox, source = m_source] {
        inbox->post(
            [this, summary = source->drain(Engine::kDrainBound)] { emit runEnded(summary); });
    });
}

void EngineBridge::requestStop()
{
    if (m_source) {
        m_source->requestStop();
    }
}

void EngineBridge::close(Duration bound)
{
    ++m_opening;
    if (!m_source) {
        setMode(Mode::empty);
        return;
    }
    setMode(Mode::closing);
    if (std::exchange(m_closing, true)) {
        return;
    }
    m_worker->post([this, inbox = m_inbox, source = m_source, bound] {
        auto summary = source->drain(bound);
        source->onSnapshot({});
        inbox->post([this, summary = std::move(summary)] { closed(summary); });
    });
}

void EngineBridge::closed(const RunSummary& summary)
{
    const bool tell = m_source->live() && !std::exchange(m_summarised, true);
    letGo(std::exchange(m_source, nullptr));
    m_closing = false;
    m_snapshot.reset();
    if (tell) {
        emit runEnded(summary);
    }
    if (m_mode == Mode::closing) {
        setMode(Mode::empty);
    }
}

void EngineBridge::letGo(std::shared_ptr<DataSource> source)
{
    // Joining an engine's threads and closing a database take their time.
    m_worker->post([last = std::move(source)]() mutable { last.reset(); });
}

void EngineBridge::setMode(Mode mode)
{
    if (std::exchange(m_mode, mode) != mode) {
        backToLive();
        const bool open = mode == Mode::live || mode == Mode::recorded;
        m_past.setFile(open ? database() : std::nullopt);
        if (const auto info = session(); open && info && !info->runs.empty()) {
            m_past.setRun(info->runs.back().id);
            m_past.prepare();
        }
        emit modeChanged(mode);
    }
}

std::optional<std::filesystem::path> EngineBridge::database() const
{
    return m_source ? m_source->database() : std::nullopt;
}

std::optional<SessionInfo> EngineBridge::session() const
{
    return m_source ? m_source->session() : std::nullopt;
}

EngineStartup EngineBridge::startup() const
{
    return m_source ? m_source->startup() : m_failedStart;
}

void EngineBridge::submit(const Command& command, QObject* context, Answer<CommandOutcome> done)
{
    const auto* info = findCommand(command.name);
    auto answer = deliverTo<Result<CommandOutcome>>(m_inbox, context, std::move(done));
    if (m_readOnly && (info == nullptr || info->changes)) {
        answer(locked());
    } else if (lookingBack() && (info == nullptr || info->changes)) {
        answer(lookingBackNow());
    } else if (!m_source) {
        answer(nothingOpen());
    } else {
        m_source->submit(command, std::move(answer));
    }
}

void EngineBridge::agents(const AgentQuery& query, QObject* context, Answer<AgentPage> done)
{
    auto answer = deliverTo<Result<AgentPage>>(m_inbox, context, std::move(done));
    if (m_moment) {
        m_past.agents(query, std::move(answer));
    } else {
        m_source ? m_source->agents(query, std::move(answer)) : answer(nothingOpen());
    }
}

void EngineBridge::agentDetail(AgentId id, QObject* context, Answer<AgentDetail> done)
{
    auto answer = deliverTo<Result<AgentDetail>>(m_inbox, context, std::move(done));
    if (m_moment) {
        m_past.agentDetail(id, std::move(answer));
    } else {
        m_source ? m_source->agentDetail(id, std::move(answer)) : answer(nothingOpen());
    }
}

void EngineBridge::events(const EventQuery& query, QObject* context, Answer<EventPage> done)
{
    auto answer = deliverTo<Result<EventPage>>(m_inbox, context, std::move(done));
    EventQuery wanted = query;
    if (m_lookedAt) {
        // What came afterwards was not known then.
        const TimeRange range = query.range.value_or(TimeRange{{}, *m_lookedAt});
        wanted.range = TimeRange{range.from, std::min(range.to, *m_lookedAt)};
    }
    m_source ? m_source->events(wanted, std::move(answer)) : answer(nothingOpen());
}

void EngineBridge::letters(const LetterQuery& query, QObject* context, Answer<LetterList> done)
{
    auto answer = deliverTo<Result<LetterList>>(m_inbox, context, std::move(done));
    if (lookingBack()) {
        answer(notOfThen());
    } else {
        m_source ? m_source->letters(query, std::move(answer)) : answer(nothingOpen());
    }
}

void EngineBridge::jobs(const JobQuery& query, QObject* context, Answer<std::vector<JobRow>> done)
{
    auto answer = deliverTo<Result<std::vector<JobRow>>>(m_inbox, context, std::move(done));
    if (lookingBack()) {
        answer(notOfThen());
    } else {
        m_source ? m_source->jobs(query, std::move(answer)) : answer(nothingOpen());
    }
}

void EngineBridge::previewRetry(const LetterQuery& query, std::optional<std::string> payload,
                                QObject* context, Answer<std::vector<RetryPreview>> done)
{
    auto answer = deliverTo<Result<std::vector<RetryPreview>>>(m_inbox, context, std::move(done));
    m_source ? m_source->previewRetry(query, std::move(payload), std::move(answer))
             : answer(nothingOpen());
}

void EngineBridge::history(const HistoryQuery& query, QObject* context, Answer<HistoryPage> done)
{
    auto answer = deliverTo<Result<HistoryPage>>(m_inbox, context, std::move(done));
    m_source ? m_source->history(query, std::move(answer)) : answer(nothingOpen());
}

void EngineBridge::whatIf(const WhatIfQuery& query, QObject* context, Answer<WhatIf> done)
{
    auto answer = deliverTo<Result<WhatIf>>(m_inbox, context, std::move(done));
    m_source ? m_source->whatIf(query, std::move(answer)) : answer(nothingOpen());
}

void EngineBridge::tailEvents(const EventQuery& query, std::uint32_t rowsPerSecond,
                              QObject* context, TailAnswer rows)
{
    const auto tail = ++m_tail;
    if (!m_source || lookingBack()) {
        return;
    }
    auto guard = std::make_shared<QPointer<QObject>>(context);
    auto wanted = std::make_shared<TailAnswer>(std::move(rows));
    m_source->tailEvents(
        query, rowsPerSecond,
        [this, tail, guard = std::move(guard), wanted = std::move(wanted),
         inbox = std::weak_ptr(m_inbox)](std::vector<EventRow> batch, std::uint64_t skipped) {
            if (const auto to = inbox.lock()) {
                to->post([this, tail, guard, wanted, batch = std::move(batch), skipped] {
                    if (tail == m_tail && !guard->isNull()) {
                        (*wanted)(batch, skipped);
                    }
                });
            }
        });
}

void EngineBridge::stopTail()
{
    ++m_tail;
    if (m_source) {
        m_source->stopTail();
    }
}

void EngineBridge::lookAt(WallTime at)
{
    if (!database()) {
        return;
    }
    const bool before = lookingBack();
    m_lookedAt = at;
    if (!before) {
        stopTail();
        emit lookingBackChanged(true);
    }
    m_past.lookAt(at);
}

void EngineBridge::backToLive()
{
    if (!lookingBack()) {
        return;
    }
    m_past.forget();
    m_lookedAt.reset();
    m_moment.reset();
    emit lookingBackChanged(false);
}

QString EngineBridge::lockReason() const
{
    return m_readOnly      ? tr("The console is locked read-only")
           : lookingBack() ? tr("You are looking back in time: go back to live (Esc) to change "
                                "something")
                           : QString();
}

void EngineBridge::setReadOnly(bool on)
{
    if (std::exchange(m_readOnly, on) != on) {
        emit readOnlyChanged(on);
    }
}

}  // namespace muster::ui
