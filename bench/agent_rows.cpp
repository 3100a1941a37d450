// SPDX-License-Identifier: Apache-2.0
#include <latch>
#include <thread>

#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

struct Go {};
struct Leave {};

/// Does nothing but live.
class Idle : public Agent<Idle, Handles<Leave>> {
public:
    static constexpr std::string_view kType = "idle";
    void handle(const Leave&) { stop(); }
};

/// Creates a child, sends it a message upon which it leaves, and waits for its end; again and
/// again. Or stops it itself, without a message.
class Parent : public Agent<Parent, Handles<Go, AgentEnded>> {
public:
    Parent(std::latch* done, Outcome* outcome, std::uint64_t left, bool message)
        : m_done(done), m_outcome(outcome), m_left(left), m_message(message)
    {
    }
    void handle(const Go&)
    {
        m_spans = std::make_unique<Spans>(kPerSpan);
        next();
    }
    void handle(const AgentEnded&)
    {
        m_spans->count();
        if (--m_left != 0) {
            next();
        } else {
            *m_outcome = m_spans->outcome();
            m_done->count_down();
        }
    }

private:
    static constexpr std::uint64_t kPerSpan = 64;

    void next()
    {
        const AgentId child = must(create<Idle>({}));
        monitor(child);
        if (m_message) {
            send(child, Leave{});
        } else {
            must(runtime().stop(child));
        }
    }

    std::latch* m_done;
    Outcome* m_outcome;
    std::uint64_t m_left;
    bool m_message;
    std::unique_ptr<Spans> m_spans;
};

Outcome cycles(std::uint64_t ops, bool message)
{
    World world;
    std::latch done(1);  // asleep meanwhile: all that is measured happens inside
    Outcome outcome;
    const AgentId parent = must(world.runtime->create<Parent>({}, &done, &outcome, ops, message));
    world.runtime->send(parent, Go{});
    done.wait();
    return outcome;
}

std::vector<AgentId> createAll(World& world, std::uint64_t ops, Outcome* outcome = nullptr)
{
    std::vector<AgentId> ids;
    ids.reserve(ops);
    const CreateOptions options;
    Spans spans(1000);
    for (std::uint64_t i = 0; i < ops; ++i) {
        ids.push_back(must(world.runtime->create<Idle>(options)));
        spans.count();
    }
    if (outcome != nullptr) {
        *outcome = spans.outcome();
    }
    return ids;
}

Outcome createKeep(std::uint64_t ops)
{
    World world;
    Outcome outcome;
    static_cast<void>(createAll(world, ops, &outcome));
    return outcome;
}

Outcome bytesPerAgent(std::uint64_t ops)
{
    World world;
    // What the first agent brings along is the runtime's, not an agent's.
    static_cast<void>(must(world.runtime->create<Idle>({})));
    std::vector<AgentId> ids(ops);  // touched before it is counted
    const double before = residentBytes();
    Spans spans(1000);
    for (AgentId& id : ids) {
        id = must(world.runtime->create<Idle>({}));
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.bytes = (residentBytes() - before) / static_cast<double>(ops);
    return outcome;
}

void awaitNone(const World& world)
{
    while (world.runtime->directory().counts().live != 0) {
        std::this_thread::yield();
    }
}

Outcome stopAll(std::uint64_t ops)
{
    World world;
    const std::vector<AgentId> ids = createAll(world, ops);
    Spans spans(1000);
    for (const AgentId id : ids) {
        must(world.runtime->stop(id));
        spans.count();
    }
    awaitNone(world);
    return spans.outcome();
}

// Start, init, register, until it is found by its name.
void createNamed(World& world, std::uint64_t from, std::uint64_t to, Spans& spans)
{
    CreateOptions options;
    for (std::uint64_t i = from; i < to; ++i) {
        options.name = "agent-" + std::to_string(i);
        const AgentId id = must(world.runtime->create<Idle>(options));
        if (world.runtime->directory().find(options.name) != id) {
            std::abort();
        }
        spans.count();
    }
}

Outcome creationSequential(std::uint64_t ops)
{
    World world;
    Spans spans(16);
    createNamed(world, 0, ops, spans);
    return spans.outcome();
}

Outcome creationParallel(std::uint64_t ops)
{
    constexpr std::uint64_t kThreads = 2;
    World world;
    std::vector<Outcome> outcomes(kThreads);
    const Spans whole(1);
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&world, &outcomes, t, ops] {
                Spans spans(16);
                createNamed(world, t * ops / kThreads, (t + 1) * ops / kThreads, spans);
                outcomes[t] = spans.outcome();
            });
        }
    }
    Outcome outcome = whole.outcome();
    for (const Outcome& one : outcomes) {
        outcome.ops += one.ops;
        outcome.spans.merge(one.spans);
        outcome.opsPerSpan = one.opsPerSpan;
    }
    return outcome;
}

// Ten thousand live; a tenth of them goes and comes again, over and over.
Outcome churn(std::uint64_t ops)
{
    World world;
    std::vector<AgentId> ids = createAll(world, 10'000);
    const auto round = [&world, &ids](std::size_t at) {
        for (std::size_t i = 0; i < 1000; ++i) {
            AgentId& id = ids[(at * 1000 + i) % ids.size()];
            must(world.runtime->stop(id));
            id = must(world.runtime->create<Idle>({}));
        }
    };
    constexpr std::size_t kWarmUp = 200;
    for (std::size_t i = 0; i < kWarmUp; ++i) {
        round(i);
    }
    const double before = residentBytes();
    Spans spans(1);
    for (std::uint64_t i = 0; i < ops / 1000; ++i) {
        round(i);
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.ops = ops;
    outcome.more["memory_growth_percent"] = (residentBytes() - before) * 100 / before;
    return outcome;
}

}  // namespace

void addAgentRows(std::vector<Row>& rows)
{
    const auto cycle = [](bool message) {
        return [message](std::uint64_t ops) { return cycles(ops, message); };
    };
    rows.push_back(
        {"create_keep", "create an agent and keep it", 250, 1'000'000, 200'000, createKeep});
    rows.push_back({"bytes_per_agent", "resident memory that an idle agent adds (goal: 256 B)", 0,
                    1'000'000, 200'000, bytesPerAgent});
    rows.push_back({"stop", "stop an agent; all awaited", 350, 1'000'000, 200'000, stopAll});
    rows.push_back({"create_message_gone",
                    "from inside an agent: create, send, await the end that the message brings",
                    250, 1'000'000, 100'000, cycle(true)});
    rows.push_back({"agent_creation/sequential",
                    "create with a name, until it is found by the name", 250, 200'000, 50'000,
                    creationSequential});
    rows.push_back({"agent_creation/parallel", "the same from two threads", 250, 200'000, 50'000,
                    creationParallel});
    rows.push_back({"agent_lifecycle", "from inside an agent: create, stop, await the end", 1000,
                    1'000'000, 100'000, cycle(false)});
    for (const std::uint64_t agents : {1'000U, 10'000U, 100'000U, 1'000'000U}) {
        rows.push_back({"memory_scaling/" + std::to_string(agents),
                        "resident memory an agent, so many live (goal: 256 B)", 0, agents,
                        std::min<std::uint64_t>(agents, 200'000), bytesPerAgent});
    }
    rows.push_back({"memory_growth", "replace one of ten thousand agents (goal: 1 % of memory)", 0,
                    10'000'000, 500'000, churn});
}

}  // namespace muster::bench
