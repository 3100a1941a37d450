// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "calls/call_flow.h"
#include "events/event_pool.h"
#include "events/type_registry.h"

namespace muster::tests {

using namespace std::chrono_literals;

/// The types of the events that came, with what a breaker moved for: "breaker.opened
/// (failure_rate)".
class CallEvents final : public EventSink {
public:
    void accept(const EventPtr& event) override
    {
        const auto cause = event->data().find("cause");
        if (cause) {
            m_moves.push_back(std::string(event->typeName()) + " (" + std::string(cause->text()) +
                              ")");
        } else {
            m_last = event->data().json();
            ++m_traces;
        }
    }
    /// Since it was asked last.
    [[nodiscard]] std::vector<std::string> moves() { return std::exchange(m_moves, {}); }
    [[nodiscard]] const std::string& lastTrace() const { return m_last; }
    [[nodiscard]] int traces() const { return m_traces; }

private:
    std::vector<std::string> m_moves;
    std::string m_last;
    int m_traces = 0;
};

/// A service with a clock and all it counts, and no threads.
class CallWorld {
public:
    /// `silent`: publishes nothing.
    explicit CallWorld(ServiceSettings settings, std::uint64_t seed = 1, bool silent = false)
        : m_publisher(events, m_types, m_pool, clock, checked())
    {
        service = ProtectedService::create(
                      "shop", std::move(settings),
                      {clock, seed, silent ? nullptr : &m_publisher, &metrics, &admission})
                      .value();
    }
    void pass(Duration time) { clock->advance(time); }
    [[nodiscard]] MonoTime now() const { return clock->now(); }
    /// A call whose attempts end as `outcome` after `took`; waits as long as it is told to.
    CallEnd call(const CallOutcome& outcome, Duration took = 0s, CallRequest request = {})
    {
        CallFlow flow(*service, request);
        CallStep step = flow.begin(now());
        while (step.what != CallStep::Do::end) {
            switch (step.what) {
                case CallStep::Do::wait:
                    pass(step.time);
                    step = flow.waited(now());
                    break;
                case CallStep::Do::queue:
                    pass(step.time);
                    step = flow.queued(now());
                    break;
                case CallStep::Do::act:
                    pass(took);
                    step = flow.acted({outcome, {}}, now());
                    break;
                case CallStep::Do::end:
                    break;
            }
        }
        return flow.end();
    }
    void calls(int count, const CallOutcome& outcome)
    {
        for (int i = 0; i < count; ++i) {
            static_cast<void>(call(outcome));
        }
    }
    [[nodiscard]] StageCounts stage(CallStage stage)
    {
        return service->view().stages[static_cast<std::size_t>(stage)];
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    CallEvents events;
    MetricRegistry metrics;
    Admission admission;

private:
    [[nodiscard]] static PublisherOptions checked()
    {
        PublisherOptions options;
        options.checked = true;
        return options;
    }
    TypeRegistry m_types;
    EventPool m_pool;
    Publisher m_publisher;

public:
    std::unique_ptr<ProtectedService> service;
};

inline CallOutcome failure(FailureClass failure = FailureClass::network)
{
    return CallOutcome::failed(failure);
}

}  // namespace muster::tests
