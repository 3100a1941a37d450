// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/engine_state.h"
#include "events/event_pool.h"
#include "events/publisher.h"
#include "events/type_registry.h"
#include "runtime/runtime.h"

/// QCOMPARE for types that Qt Test cannot print.
#define SAME(actual, expected) QVERIFY2((actual) == (expected), #actual " is not " #expected)

namespace muster::tests {

using namespace std::chrono_literals;

/// Every event as "type source {data}", in the order they came.
class EventList final : public EventSink {
public:
    void accept(const EventPtr& event) override
    {
        const std::lock_guard lock(m_mutex);
        m_lines.push_back(std::string(event->typeName()) + " " + toString(event->source) + " " +
                          event->data().json());
        m_types.emplace_back(event->typeName());
        m_state.apply(static_cast<EventType>(event->type.value), event->source, event->data(),
                      event->at);
    }
    /// What they tell so far.
    [[nodiscard]] EngineState state() const
    {
        const std::lock_guard lock(m_mutex);
        return m_state;
    }
    [[nodiscard]] std::vector<std::string> lines() const
    {
        const std::lock_guard lock(m_mutex);
        return m_lines;
    }
    [[nodiscard]] int count(std::string_view type) const
    {
        const std::lock_guard lock(m_mutex);
        return static_cast<int>(std::count(m_types.begin(), m_types.end(), type));
    }
    /// The last event of the type, or "".
    [[nodiscard]] std::string last(std::string_view type) const
    {
        const std::lock_guard lock(m_mutex);
        for (std::size_t i = m_types.size(); i-- > 0;) {
            if (m_types[i] == type) {
                return m_lines[i];
            }
        }
        return {};
    }

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_lines;
    std::vector<std::string> m_types;
    EngineState m_state;
};

/// A runtime with its events. Simulated unless `options` say otherwise.
class TestRuntime {
public:
    explicit TestRuntime(RuntimeOptions options = {.scheduler = SchedulerKind::simulated})
        : m_clock(options.scheduler == SchedulerKind::simulated
                      ? std::static_pointer_cast<Clock>(std::make_shared<ManualClock>())
                      : systemClock()),
          m_publisher(m_events, m_types, m_pool, m_clock, publisherOptions())
    {
        options.clock = m_clock;
        options.events = &m_publisher;
        m_runtime = Runtime::create(options).value();
    }

    [[nodiscard]] Runtime* operator->() noexcept { return m_runtime.get(); }
    [[nodiscard]] Runtime& operator*() noexcept { return *m_runtime; }
    [[nodiscard]] const EventList& events() const noexcept { return m_events; }
    [[nodiscard]] std::uint64_t refusedEvents() const noexcept { return m_publisher.refused(); }
    [[nodiscard]] MonoTime now() const noexcept { return m_clock->now(); }

    /// Runs what is ready; virtual time stands still.
    void settle() { m_runtime->simulation()->runReady(); }
    void pass(Duration time) { m_runtime->simulation()->runFor(time); }
    void end() { m_runtime.reset(); }

    template <class Reply, class M>
    [[nodiscard]] Result<Reply> ask(AgentId to, M message, Duration timeout = 5s)
    {
        std::optional<Result<Reply>> got;
        m_runtime->ask<Reply>(to, std::move(message), timeout,
                              [&got](Result<Reply> reply) { got.emplace(std::move(reply)); });
        settle();
        if (!got) {
            pass(timeout);
        }
        return got ? std::move(*got)
                   : Result<Reply>(Error{ErrorCode::internal, "no continuation ran", "", ""});
    }
    [[nodiscard]] AgentState stateOf(AgentId id) const
    {
        const auto detail = m_runtime->directory().detail(id);
        return detail.ok() ? detail.value().row.state : AgentState::count;
    }

private:
    [[nodiscard]] static PublisherOptions publisherOptions()
    {
        PublisherOptions options;
        options.checked = true;
        return options;
    }

    EventList m_events;
    TypeRegistry m_types;
    EventPool m_pool;
    std::shared_ptr<Clock> m_clock;
    Publisher m_publisher;
    std::unique_ptr<Runtime> m_runtime;
};

/// Something that a test waits for, brought by other threads. Fails, rather than hangs.
class Signal {
public:
    void raise(std::uint64_t by = 1)
    {
        const std::lock_guard lock(m_mutex);
        m_raised += by;
        m_changed.notify_all();
    }
    [[nodiscard]] bool wait(std::uint64_t times = 1)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 60s, [this, times] { return m_raised >= times; });
    }

    /// Whether it was raised so often by now.
    [[nodiscard]] bool wasRaised(std::uint64_t times)
    {
        const std::lock_guard lock(m_mutex);
        return m_raised >= times;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::uint64_t m_raised = 0;
};

}  // namespace muster::tests
