// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "base/rng.h"
#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

class Named : public Agent<Named, Handles<>> {};

struct Registered {
    std::vector<std::string> names;
    std::vector<AgentId> ids;
};

Registered registerAll(World& world, std::uint64_t agents)
{
    Registered all;
    CreateOptions options;
    for (std::uint64_t i = 0; i < agents; ++i) {
        options.name = "agent-" + std::to_string(i);
        all.names.push_back(options.name);
        all.ids.push_back(must(world.runtime->create<Named>(options)));
    }
    return all;
}

// In an order that no prefetcher guesses, drawn before it is timed.
std::vector<std::uint32_t> drawn(std::uint64_t among)
{
    Rng rng(1);
    std::vector<std::uint32_t> order(1U << 16);
    for (std::uint32_t& place : order) {
        place = static_cast<std::uint32_t>(rng.below(among));
    }
    return order;
}

Outcome lookUpById(std::uint64_t ops, std::uint64_t among)
{
    World world;
    const Registered all = registerAll(world, among);
    const auto order = drawn(among);
    const Directory& directory = world.runtime->directory();
    std::uint64_t found = 0;
    Spans spans(1000);
    for (std::uint64_t i = 0; i < ops; ++i) {
        found += directory.stateOf(all.ids[order[i % order.size()]]) ? 1 : 0;
        spans.count();
    }
    if (found != ops) {
        std::abort();
    }
    return spans.outcome();
}

void lookUp(const Directory& directory, const Registered& all, std::uint64_t ops, Spans& spans)
{
    const auto order = drawn(all.names.size());
    for (std::uint64_t i = 0; i < ops; ++i) {
        const std::uint32_t at = order[i % order.size()];
        if (directory.find(all.names[at]) != all.ids[at]) {
            std::abort();
        }
        spans.count();
    }
}

Outcome lookUpByName(std::uint64_t ops, std::uint64_t among)
{
    World world;
    const Registered all = registerAll(world, among);
    Spans spans(1000);
    lookUp(world.runtime->directory(), all, ops, spans);
    return spans.outcome();
}

Outcome lookUpConcurrently(std::uint64_t ops)
{
    constexpr std::uint64_t kThreads = 2;
    World world;
    const Registered all = registerAll(world, 10'000);
    const Spans whole(1);
    std::vector<Outcome> outcomes(kThreads);
    {
        std::vector<std::jthread> threads;
        for (Outcome& outcome : outcomes) {
            threads.emplace_back([&world, &all, &outcome, ops] {
                Spans spans(1000);
                lookUp(world.runtime->directory(), all, ops / kThreads, spans);
                outcome = spans.outcome();
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

// What a name costs: creating so many agents with one, less creating them without.
Outcome registering(std::uint64_t ops)
{
    const CreateOptions plain;
    Spans without(1000);
    {
        World world;
        for (std::uint64_t i = 0; i < ops; ++i) {
            static_cast<void>(must(world.runtime->create<Named>(plain)));
            without.count();
        }
    }
    const Outcome base = without.outcome();
    World world;
    CreateOptions options;
    Spans spans(1000);
    for (std::uint64_t i = 0; i < ops; ++i) {
        options.name = "agent-" + std::to_string(i);
        static_cast<void>(must(world.runtime->create<Named>(options)));
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.more["name_ns"] = outcome.nanoseconds() - base.nanoseconds();
    return outcome;
}

Outcome unregistering(std::uint64_t ops)
{
    World world;
    const Registered all = registerAll(world, ops);
    Spans spans(1000);
    for (const AgentId id : all.ids) {
        must(world.runtime->stop(id));
        spans.count();
    }
    while (world.runtime->directory().counts().live != 0) {
        std::this_thread::yield();
    }
    return spans.outcome();
}

}  // namespace

void addDirectoryRows(std::vector<Row>& rows)
{
    rows.push_back({"directory_by_id", "find one of 10,000 agents by its id", 40, 10'000'000,
                    2'000'000, [](std::uint64_t ops) { return lookUpById(ops, 10'000); }});
    rows.push_back({"directory_by_name", "find one of 10,000 agents by its name", 150, 5'000'000,
                    1'000'000, [](std::uint64_t ops) { return lookUpByName(ops, 10'000); }});
    rows.push_back({"registry/register",
                    "create an agent with a name (name_ns: what the name adds)", 400, 300'000,
                    100'000, registering});
    rows.push_back({"registry/unregister", "stop an agent that has a name; all awaited", 500,
                    300'000, 100'000, unregistering});
    rows.push_back({"registry/concurrent", "find by name, two threads, 10,000 agents", 100,
                    5'000'000, 1'000'000, lookUpConcurrently});
    for (const std::uint64_t among : {10U, 10'000U, 1'000'000U}) {
        rows.push_back({"registry_scaling/" + std::to_string(among),
                        "find by id among so many agents", 250, 5'000'000, 1'000'000,
                        [among](std::uint64_t ops) { return lookUpById(ops, among); }});
    }
}

}  // namespace muster::bench
