// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtTest/QtTest>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "events/publisher.h"
#include "messaging/event_bus.h"
#include "runtime/runtime.h"

namespace muster::tests {

inline std::vector<TopicPattern> patterns(std::initializer_list<std::string_view> texts)
{
    std::vector<TopicPattern> all;
    for (const auto text : texts) {
        all.push_back(TopicPattern::parse(text).value());
    }
    return all;
}

/// Writes "name:topic" of what it gets into a list that several share.
struct NamingSink final : EventSink {
    NamingSink(std::string as, std::vector<std::string>& into) : name(std::move(as)), list(into) {}
    void accept(const EventPtr& event) override
    {
        list.push_back(name + ":" + std::string(event->typeName()));
    }
    void acceptBatch(std::span<const EventPtr> events) override
    {
        ++batches;
        EventSink::acceptBatch(events);
    }
    std::string name;
    std::vector<std::string>& list;
    int batches = 0;
};

/// A bus with all that belongs under it, and a simulated runtime when asked for.
struct Bus {
    explicit Bus(std::size_t history = 64) : bus(types, metrics, {history}) {}
    ~Bus()
    {
        bus.detach();
        runtime.reset();
    }

    void simulate()
    {
        RuntimeOptions options;
        options.scheduler = SchedulerKind::simulated;
        start(options);
    }
    void thread(std::uint32_t workers = 2)
    {
        RuntimeOptions options;
        options.workers = workers;
        start(options);
    }
    void run() { QVERIFY(runtime->simulation()->runUntilIdle()); }
    EventId publish(TypeId type, std::initializer_list<Field> fields = {}, Source source = {})
    {
        return publisher.publish(type, source, fields);
    }
    TypeId type(std::string_view name) { return types.intern(name).value(); }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    TypeRegistry types;
    MetricRegistry metrics;
    EventPool pool;
    EventBus bus;
    Publisher publisher{bus, types, pool, clock};
    std::unique_ptr<Runtime> runtime;

private:
    void start(RuntimeOptions options)
    {
        options.metrics = &metrics;
        runtime = Runtime::create(options).value();
        bus.attach(*runtime);
    }
};

}  // namespace muster::tests
