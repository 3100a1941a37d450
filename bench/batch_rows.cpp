// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "bench/row.h"
#include "bench/world.h"

// A thousand by a thousand against one by one: the same work on the same agents, in turn, in one
// run. The row's figure is that of the calls over a thousand.

namespace muster::bench {
namespace {

constexpr std::uint64_t kAtOnce = 1000;
/// So many agents the directory holds; as many as its other rows look up among.
constexpr std::uint64_t kAgents = 10'000;
/// Messages that each agent gets in a round.
constexpr std::uint64_t kNudges = 10;
constexpr const char* kTopic = "bench.ticked";

struct Nudge {};

class Plain : public Agent<Plain, Handles<Nudge, Events>> {
public:
    static constexpr std::string_view kType = "plain";

    explicit Plain(Count* received = nullptr) : m_received(received) {}
    void handle(const Nudge&)
    {
        // Seldom: a count that both workers write costs more than a message.
        if (++m_nudged % kNudges == 0) {
            m_received->add(kNudges);
        }
    }
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
    std::uint64_t m_nudged = 0;
};

/// Does `count` operations, from number `from` on.
using Stretch = std::function<void(std::uint64_t from, std::uint64_t count)>;

/// What is compared, in rounds of so many operations.
struct Contest {
    std::uint64_t round = 0;
    std::function<void()> before;  ///< of each round; not measured
    Stretch oneByOne;
    Stretch atOnce;
    std::function<void()> await{};  ///< what a round set going has happened; none: in the calls
};

/// The time that one side's rounds took.
class Stopwatch {
public:
    void run(const Contest& contest, const Stretch& side)
    {
        contest.before();
        const MonoTime begin = m_clock->now();
        MonoTime last = begin;
        for (std::uint64_t from = 0; from < contest.round; from += kAtOnce) {
            side(from, std::min(kAtOnce, contest.round - from));
            const MonoTime now = m_clock->now();
            m_spans.record(static_cast<std::uint64_t>((now - last).count()) * 1000 / kAtOnce);
            last = now;
        }
        m_calls += last - begin;
        if (contest.await) {
            contest.await();
        }
        m_total += m_clock->now() - begin;
        m_ops += contest.round;
    }
    [[nodiscard]] Outcome outcome() const
    {
        Outcome outcome;
        outcome.ops = m_ops;
        outcome.total = m_total;
        outcome.spans = m_spans;
        outcome.opsPerSpan = kAtOnce;
        return outcome;
    }
    /// Of an operation, for who called; the rest went on after the call.
    [[nodiscard]] double callNs() const
    {
        return static_cast<double>(m_calls.count()) / static_cast<double>(m_ops);
    }

private:
    std::shared_ptr<Clock> m_clock = systemClock();
    std::uint64_t m_ops = 0;
    Duration m_total{};
    Duration m_calls{};
    Histogram m_spans;
};

Outcome compare(std::uint64_t ops, const Contest& contest)
{
    // Once unmeasured: tables and pools have their size then.
    Stopwatch warmUp;
    warmUp.run(contest, contest.oneByOne);
    warmUp.run(contest, contest.atOnce);
    Stopwatch one;
    Stopwatch many;
    for (std::uint64_t done = 0; done < ops; done += contest.round) {
        one.run(contest, contest.oneByOne);
        many.run(contest, contest.atOnce);
    }
    Outcome outcome = many.outcome();
    const double single = one.outcome().nanoseconds();
    outcome.more["one_by_one_ns"] = single;
    outcome.more["faster_than_one_by_one"] = single / outcome.nanoseconds();
    if (contest.await) {
        outcome.more["caller_ns"] = many.callNs();
        outcome.more["caller_one_by_one_ns"] = one.callNs();
    }
    return outcome;
}

void mustAll(const BulkDone& done)
{
    if (!done.failures.empty()) {
        must(Result<void>(done.failures.front().error));
    }
}

/// A world and agents in it.
struct Populated : World {
    explicit Populated(std::uint64_t agents)
    {
        ids = must(runtime->createMany<Plain>(agents, {}, [this] { return Plain(&received); })).ids;
        for (std::uint64_t i = 0; i < agents; ++i) {
            names.emplace_back(ids[i], "agent-" + std::to_string(i));
        }
    }
    [[nodiscard]] std::span<const AgentId> some(std::uint64_t from, std::uint64_t count) const
    {
        return std::span(ids).subspan(from % ids.size(), count);
    }
    void awaitNone() const
    {
        while (runtime->directory().counts().live != 0) {
            std::this_thread::yield();
        }
    }

    Count received;
    std::vector<AgentId> ids;
    std::vector<std::pair<AgentId, std::string>> names;
};

Outcome creating(std::uint64_t ops)
{
    Populated world(1);
    Runtime& runtime = *world.runtime;
    const auto none = [&] {
        mustAll(runtime.stopMany(world.ids));
        world.awaitNone();
        world.ids.clear();
    };
    return compare(ops, {kAgents, none,
                         [&](std::uint64_t, std::uint64_t count) {
                             for (std::uint64_t i = 0; i < count; ++i) {
                                 world.ids.push_back(must(runtime.create<Plain>({})));
                             }
                         },
                         [&](std::uint64_t, std::uint64_t count) {
                             const auto made = must(runtime.createMany<Plain>(count, {})).ids;
                             world.ids.insert(world.ids.end(), made.begin(), made.end());
                         }});
}

Outcome stopping(std::uint64_t ops)
{
    Populated world(0);
    Runtime& runtime = *world.runtime;
    return compare(ops,
                   {kAgents, [&] { world.ids = must(runtime.createMany<Plain>(kAgents, {})).ids; },
                    [&](std::uint64_t from, std::uint64_t count) {
                        for (const AgentId id : world.some(from, count)) {
                            must(runtime.stop(id));
                        }
                    },
                    [&](std::uint64_t from, std::uint64_t count) {
                        mustAll(runtime.stopMany(world.some(from, count)));
                    },
                    [&] { world.awaitNone(); }});
}

Outcome registering(std::uint64_t ops, std::uint64_t agents)
{
    Populated world(agents);
    Runtime& runtime = *world.runtime;
    mustAll(runtime.registerMany(world.names));
    return compare(ops,
                   {agents, [&] { mustAll(runtime.unregisterMany(world.ids)); },
                    [&](std::uint64_t from, std::uint64_t count) {
                        for (const auto& [id, name] : std::span(world.names).subspan(from, count)) {
                            must(runtime.registerName(id, name));
                        }
                    },
                    [&](std::uint64_t from, std::uint64_t count) {
                        mustAll(runtime.registerMany(std::span(world.names).subspan(from, count)));
                    }});
}

Outcome unregistering(std::uint64_t ops)
{
    Populated world(kAgents);
    Runtime& runtime = *world.runtime;
    return compare(ops, {kAgents, [&] { mustAll(runtime.registerMany(world.names)); },
                         [&](std::uint64_t from, std::uint64_t count) {
                             for (const AgentId id : world.some(from, count)) {
                                 must(runtime.unregisterName(id));
                             }
                         },
                         [&](std::uint64_t from, std::uint64_t count) {
                             mustAll(runtime.unregisterMany(world.some(from, count)));
                         }});
}

Outcome updating(std::uint64_t ops, std::uint64_t agents)
{
    Populated world(agents);
    Runtime& runtime = *world.runtime;
    const AgentUpdate idle{.attributes = {{"zone", "eu"}, {"state", "idle"}}};
    const AgentUpdate draining{.attributes = {{"state", "draining"}}};
    return compare(ops, {agents, [&] { mustAll(runtime.updateMany(world.ids, idle)); },
                         [&](std::uint64_t from, std::uint64_t count) {
                             for (const AgentId id : world.some(from, count)) {
                                 must(runtime.update(id, draining));
                             }
                         },
                         [&](std::uint64_t from, std::uint64_t count) {
                             mustAll(runtime.updateMany(world.some(from, count), draining));
                         }});
}

Outcome sending(std::uint64_t ops)
{
    constexpr std::uint64_t kRound = kNudges * kAgents;
    Populated world(kAgents);
    Runtime& runtime = *world.runtime;
    std::uint64_t sent = 0;
    return compare(ops, {kRound, [] {},
                         [&](std::uint64_t from, std::uint64_t count) {
                             for (const AgentId id : world.some(from, count)) {
                                 sent += queued(runtime.send(id, Nudge{})) ? 1 : 0;
                             }
                         },
                         [&](std::uint64_t from, std::uint64_t count) {
                             sent += runtime.sendMany(world.some(from, count), Nudge{}).delivered;
                         },
                         [&] { world.received.sleepUntil(sent); }});
}

// One subscriber, whose queue never holds all it may.
Outcome publishing(std::uint64_t ops)
{
    constexpr std::uint64_t kRound = 100'000;
    constexpr std::uint64_t kBound = 65'536;
    Count received;
    World world;
    const TypeId type = world.type(kTopic);
    SubscribeOptions options;
    options.bound = kBound;
    const AgentId agent = must(world.runtime->create<Plain>({}, &received));
    static_cast<void>(must(world.bus.subscribe(World::pattern(kTopic), agent, options)));
    std::uint64_t sent = 0;
    const auto leaveRoom = [&](std::uint64_t more) {
        sent += more;
        if (sent > kBound / 2) {
            received.sleepUntil(sent - kBound / 2);
        }
    };
    const Fields fields{{"number", 1}};
    const std::vector<EventDraft> drafts(kAtOnce, {type, Component::engine, fields, {}});
    return compare(ops, {kRound, [] {},
                         [&](std::uint64_t, std::uint64_t count) {
                             for (std::uint64_t i = 0; i < count; ++i) {
                                 world.publisher.publish(type, Component::engine, {{"number", 1}});
                             }
                             leaveRoom(count);
                         },
                         [&](std::uint64_t, std::uint64_t count) {
                             world.publisher.publishBatch(std::span(drafts).first(count));
                             leaveRoom(count);
                         },
                         [&] { received.sleepUntil(sent); }});
}

}  // namespace

void addBatchRows(std::vector<Row>& rows)
{
    constexpr std::uint64_t kMany = 500'000;
    const auto add = [&rows](const char* name, const char* operation, double goal,
                             std::uint64_t ops, std::function<Outcome(std::uint64_t)> run) {
        rows.push_back({name, operation, goal, ops, ops / 5, std::move(run)});
    };
    add("batch/create", "an agent of a thousand created at once", 250, 1'000'000, creating);
    add("batch/stop", "an agent of a thousand stopped at once; all awaited", 350, 1'000'000,
        stopping);
    add("batch/register", "a name for one of a thousand agents (goal: 10 times)", 0, 1'000'000,
        [](std::uint64_t ops) { return registering(ops, kAgents); });
    add("batch/unregister", "one of a thousand names taken away (goal: 10 times)", 0, 1'000'000,
        unregistering);
    add("batch/update", "attributes of one of a thousand agents (goal: 10 times)", 0, 1'000'000,
        [](std::uint64_t ops) { return updating(ops, kAgents); });
    add("batch/register/500000", "the same among so many agents", 0, kMany,
        [](std::uint64_t ops) { return registering(ops, ops); });
    add("batch/update/500000", "the same among so many agents", 0, kMany,
        [](std::uint64_t ops) { return updating(ops, ops); });
    add("batch/send", "a message to one of a thousand agents; all handled (goal: 3 times)", 0,
        2'000'000, sending);
    add("batch/events", "an event of a thousand published at once; all received (goal: 3 times)", 0,
        5'000'000, publishing);
}

}  // namespace muster::bench
