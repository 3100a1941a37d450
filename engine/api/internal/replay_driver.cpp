// SPDX-License-Identifier: Apache-2.0
#include "api/internal/replay_driver.h"

#include <algorithm>

#include "api/internal/arrival_record.h"
#include "api/internal/engine_core.h"
#include "api/internal/event_rows.h"
#include "api/internal/recorded_action.h"
#include "api/internal/stored.h"
#include "api/internal/stored_fields.h"

namespace muster {

namespace {

/// Virtual time goes on at least so often, for those in a sandbox who wait for it.
constexpr Duration kGap = std::chrono::seconds(1);
constexpr Duration kSlice = std::chrono::milliseconds(10);
/// After the last event: for those who got it.
constexpr Duration kSettle = std::chrono::milliseconds(100);
/// The traces of replays: beyond those that are drawn or counted for what happens.
constexpr std::uint64_t kFirstTrace = 0xEC40'0000'0000'0000;

/// Puts it on the bus once more; gives it as it is now.
[[nodiscard]] Result<EventRow> publish(Publisher& publisher, const StoredEvent& event,
                                       TraceId replay)
{
    const auto type = publisher.types().intern(event.type);
    if (!type) {
        return type.error();
    }
    const Fields data = fieldsOf(event.data);
    EventRow row = toRow(event);
    row.id = publisher.replay({*type, parseSource(event.source).value_or(Source()), data.view(),
                               EventMeta{replay, event.id, event.correlation, false}},
                              event.at);
    row.cause = event.id;
    row.trace = replay;
    row.durable = false;
    row.replayed = true;
    return row;
}

}  // namespace

Result<std::unique_ptr<SandboxReplay>> SandboxReplay::open(const ReplayQuery& query,
                                                           std::shared_ptr<ReplayControl> control)
{
    auto reader = ReplayReader::open(query);
    if (!reader) {
        return reader.error();
    }
    control->begin((*reader)->run(), (*reader)->range());
    return std::unique_ptr<SandboxReplay>(
        new SandboxReplay(*std::move(reader), std::move(control)));
}

std::shared_ptr<const LoadFile> SandboxReplay::arrivals()
{
    LoadQuery query;
    query.run = m_reader->run();
    query.from = m_reader->range().from;
    query.to = m_reader->range().to;
    auto made = makeLoad(m_reader->session(), query);
    return made ? std::make_shared<const LoadFile>(std::move(made->file)) : nullptr;
}

Result<std::shared_ptr<const Action>> SandboxReplay::action(
    const std::string& name, const std::shared_ptr<const Action>& action)
{
    auto calls = RecordedCalls::read(m_reader->session(), m_reader->run(), m_reader->range(), name);
    if (!calls) {
        return calls.error();
    }
    return *calls ? recordedAction(*std::move(calls), action) : std::shared_ptr<const Action>();
}

bool SandboxReplay::reach(EngineCore& core, Duration at, const std::function<bool()>& ended)
{
    auto& simulation = *core.runtime->simulation();
    const auto goOn = [&](Duration to) {
        const Duration left = to - (core.clock->now() - m_begun);
        if (left > Duration::zero()) {
            simulation.runFor(left);
        }
    };
    while (!ended()) {
        const auto turn = m_control->await(at, kSlice);
        if (turn.over) {
            return false;
        }
        // Not a whole gap at once: who cancels is heard meanwhile.
        const Duration here = core.clock->now() - m_begun;
        goOn(std::min(turn.due ? at : std::min(turn.position, at), here + kGap));
        if (turn.due && core.clock->now() - m_begun >= at) {
            return true;
        }
    }
    return false;
}

void SandboxReplay::play(EngineCore& core, const std::function<bool()>& ended)
{
    m_begun = core.clock->now();
    const TraceId replay{kFirstTrace};
    const auto failed = [this](const Error& error) {
        m_control->end(ReplayState::failed, m_digest.hash(), error);
    };
    for (;;) {
        const auto next = m_reader->peek();
        if (!next) {
            return failed(next.error());
        }
        if (*next == nullptr) {
            break;
        }
        const StoredEvent& event = **next;
        if (!reach(core, event.at - from(), ended)) {
            return m_control->end(ReplayState::cancelled, m_digest.hash());
        }
        const auto row = publish(*core.publisher, event, replay);
        if (!row) {
            return failed(row.error());
        }
        core.runtime->simulation()->runReady();
        m_control->played(*row);
        m_reader->pop();
    }
    core.runtime->simulation()->runFor(kSettle);
    m_control->end(ReplayState::done, m_digest.hash());
}

Result<std::shared_ptr<ReplayControl>> LiveReplay::start(const ReplayQuery& query,
                                                         std::string author)
{
    auto reader = ReplayReader::open(query);
    if (!reader) {
        return reader.error();
    }
    const std::lock_guard lock(m_mutex);
    if (m_stopped) {
        return Error{ErrorCode::unavailable, "the run is ending", {}, {}};
    }
    if (m_control && !m_control->progress().over()) {
        return Error{
            ErrorCode::conflict, "a replay goes on already", {}, "End it with replay.stop first."};
    }
    if (m_thread.joinable()) {
        m_thread.join();
    }
    auto control = std::make_shared<ReplayControl>(query);
    control->begin((*reader)->run(), (*reader)->range());
    m_control = control;
    std::shared_ptr<ReplayReader> events = *std::move(reader);
    const std::uint64_t number = ++m_number;
    const TimeRange range = events->range();
    Fields said{{"replay", number},
                {"run", events->run().value},
                {"from_ns", range.from.nanoseconds},
                {"length_ns", (range.to - range.from).count()},
                {"speed", query.speed},
                {"author", author}};
    if (!query.events.type.empty()) {
        said.add("type", query.events.type);
    }
    m_publisher.publish(EventDraft{EventType::replayStarted, Component::engine, said.view(), {}});
    m_thread = NamedThread("muster-replay",
                           [this, events, control, number] { play(*events, *control, number); });
    return control;
}

void LiveReplay::play(ReplayReader& reader, ReplayControl& control, std::uint64_t number)
{
    const TraceId replay{kFirstTrace + number};
    auto state = ReplayState::done;
    std::optional<Error> failure;
    while (state == ReplayState::done) {
        const auto next = reader.peek();
        if (!next || *next == nullptr) {
            failure = next ? failure : std::optional(next.error());
            break;
        }
        const StoredEvent& event = **next;
        const auto turn = control.await(event.at - reader.range().from, std::chrono::hours(1));
        if (turn.over) {
            state = ReplayState::cancelled;
        } else if (turn.due) {
            const auto row = publish(m_publisher, event, replay);
            if (!row) {
                failure = row.error();
                break;
            }
            control.played(*row);
            reader.pop();
        }
    }
    state = failure ? ReplayState::failed : state;
    m_publisher.publish(EventType::replayEnded, Component::engine,
                        {{"replay", number},
                         {"played", control.progress().played},
                         {"state", toString(state)},
                         {"reason", failure ? failure->text() : std::string()}});
    control.end(state, {}, std::move(failure));
}

std::shared_ptr<ReplayControl> LiveReplay::control() const
{
    const std::lock_guard lock(m_mutex);
    return m_control;
}

void LiveReplay::stop()
{
    NamedThread thread;
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        if (m_control) {
            m_control->cancel();
        }
        thread = std::move(m_thread);
    }
    if (thread.joinable()) {
        thread.join();
    }
}

}  // namespace muster
