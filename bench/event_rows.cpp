// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "bench/row.h"
#include "bench/world.h"
#include "events/pattern_index.h"

namespace muster::bench {
namespace {

constexpr const char* kTopic = "bench.ticked";

/// Counts the events that it gets.
class Subscriber : public Agent<Subscriber, Handles<Events>> {
public:
    explicit Subscriber(Count* received) : m_received(received) {}
    void handle(const Events& events)
    {
        std::uint64_t came = 0;
        for (const EventPtr& event : events.take()) {
            came += event ? 1 : 0;
        }
        m_received->add(came);
    }

private:
    Count* m_received;
};

void subscribe(World& world, Count& received, std::uint32_t bound)
{
    SubscribeOptions options;
    options.bound = bound;
    const AgentId agent = must(world.runtime->create<Subscriber>({}, &received));
    static_cast<void>(must(world.bus.subscribe(World::pattern(kTopic), agent, options)));
}

// Each event is delivered to every subscriber; a delivery is an operation.
Outcome fanOut(std::uint64_t deliveries, std::uint64_t subscribers)
{
    constexpr std::uint32_t kBound = 4096;
    Count received;
    World world;
    const TypeId type = world.type(kTopic);
    for (std::uint64_t i = 0; i < subscribers; ++i) {
        subscribe(world, received, kBound);
    }
    const std::uint64_t events = deliveries / subscribers;
    Spans spans(1);
    for (std::uint64_t i = 0; i < events; ++i) {
        world.publisher.publish(type, Component::engine, {{"number", i}});
        if (i % (kBound / 2) == 0) {
            received.sleepUntil(i * subscribers);  // never more waits than the queues hold
        }
        spans.count();
    }
    received.sleepUntil(events * subscribers);
    Outcome outcome = spans.outcome();
    outcome.ops = events * subscribers;
    // A span is one event to all of them.
    outcome.opsPerSpan = subscribers;
    outcome.more["publish_p99_ns"] = outcome.spans.quantile(0.99) / 1000;
    outcome.spans.clear();
    return outcome;
}

Outcome awaited(std::uint64_t ops)
{
    Count received;
    World world;
    const TypeId type = world.type(kTopic);
    subscribe(world, received, 16);
    Spans spans(1);
    for (std::uint64_t i = 0; i < ops; ++i) {
        world.publisher.publish(type, Component::engine, {{"number", i}});
        received.await(i + 1);
        spans.count();
    }
    return spans.outcome();
}

constexpr std::uint32_t kStreamBound = 65'536;
constexpr std::size_t kStreamBatch = 100;

// As fast as the subscriber's bounded queue allows, and every event received.
void stream(World& world, TypeId type, const Count& received, std::uint64_t events, Spans& spans)
{
    const std::uint64_t base = received.value();
    const Fields fields{{"number", 1}};
    const std::vector<EventDraft> drafts(kStreamBatch, {type, Component::engine, fields, {}});
    for (std::uint64_t sent = 0; sent < events; sent += kStreamBatch) {
        if (sent > kStreamBound / 2) {
            received.await(base + sent - kStreamBound / 2);
        }
        world.publisher.publishBatch(drafts);
        spans.count();
    }
    received.sleepUntil(base + events);
}

Outcome streaming(std::uint64_t ops)
{
    Count received;
    World world;
    const TypeId type = world.type(kTopic);
    subscribe(world, received, kStreamBound);
    Spans spans(1);
    stream(world, type, received, ops, spans);
    Outcome outcome = spans.outcome();
    outcome.ops = ops;
    outcome.opsPerSpan = kStreamBatch;
    outcome.spans.clear();
    return outcome;
}

// A thousand patterns of which few match; each topic is another, so nothing is remembered.
Outcome matchPatterns(std::uint64_t ops)
{
    PatternIndex index;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const std::string n = std::to_string(i);
        const std::string text = i % 4 == 0   ? "room" + n + ".*"
                                 : i % 4 == 1 ? "room" + n + ".**"
                                 : i % 4 == 2 ? "*.thing" + n
                                              : "room" + n + ".thing" + n;
        index.insert(must(TopicPattern::parse(text)), i);
    }
    std::vector<std::string> topics;
    for (std::uint64_t i = 0; i < 4096; ++i) {
        topics.push_back("room" + std::to_string(i % 1000) + ".thing" + std::to_string(i % 977));
    }
    std::uint64_t matched = 0;
    Spans spans(100);
    for (std::uint64_t i = 0; i < ops; ++i) {
        matched += index.match(topics[i % topics.size()]).size();
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.more["matches_per_topic"] = static_cast<double>(matched) / static_cast<double>(ops);
    return outcome;
}

// A million a second for `ops` microseconds, then as many again as fast as they go.
Outcome stress(std::uint64_t ops)
{
    Count received;
    World world;
    const TypeId type = world.type(kTopic);
    subscribe(world, received, kStreamBound);
    const Fields fields{{"number", 1}};
    const std::vector<EventDraft> drafts(kStreamBatch, {type, Component::engine, fields, {}});
    const auto clock = systemClock();
    const double before = residentBytes();
    Histogram lag;
    const MonoTime begin = clock->now();
    for (std::uint64_t sent = 0; sent < ops; sent += kStreamBatch) {
        const MonoTime due = begin + Duration(static_cast<std::int64_t>(sent) * 1000);
        while (clock->now() < due) {
            relaxCore();
        }
        world.publisher.publishBatch(drafts);
        lag.record(static_cast<std::uint64_t>((clock->now() - due).count()));
    }
    received.await(ops);
    const Duration sustained = clock->now() - begin;
    Spans spans(1);
    stream(world, type, received, ops, spans);
    Outcome outcome = spans.outcome();
    outcome.ops = ops;
    outcome.spans.clear();
    outcome.more["sustained_per_s"] =
        static_cast<double>(ops) * 1e9 / static_cast<double>(sustained.count());
    outcome.more["sustained_lag_p99_ns"] = lag.quantile(0.99);
    outcome.more["memory_added_bytes"] = residentBytes() - before;
    return outcome;
}

}  // namespace

void addEventRows(std::vector<Row>& rows)
{
    const auto fan = [](std::uint64_t subscribers) {
        return [subscribers](std::uint64_t ops) { return fanOut(ops, subscribers); };
    };
    rows.push_back({"fan_out_1000", "delivery of an event to one of 1,000 subscribers, awaited", 60,
                    4'000'000, 1'000'000, fan(1000)});
    rows.push_back({"event_awaited", "publish an event, wait for its receipt", 2000, 200'000,
                    50'000, awaited});
    rows.push_back({"event_stream", "an event published and received, in batches of 100", 66,
                    10'000'000, 2'000'000, streaming});
    rows.push_back({"pattern_match_1000", "which of 1,000 patterns match a topic not seen before",
                    200, 1'000'000, 200'000, matchPatterns});
    rows.push_back(
        {"event_throughput/awaited", "as event_awaited", 2000, 200'000, 50'000, awaited});
    rows.push_back(
        {"event_throughput/unbounded", "as event_stream", 66, 10'000'000, 2'000'000, streaming});
    for (const std::uint64_t subscribers : {10U, 100U, 1000U, 10'000U}) {
        rows.push_back({"event_propagation/" + std::to_string(subscribers),
                        "delivery of an event to one of so many subscribers, awaited", 60,
                        2'000'000, 400'000, fan(subscribers)});
    }
    rows.push_back({"event_stress",
                    "an event of a burst (goal: 10 M/s), after a million a second were sustained",
                    100, 60'000'000, 1'000'000, stress});
}

}  // namespace muster::bench
