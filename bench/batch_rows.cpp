// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>
#include <utility>

#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

struct Nudge {};

class Plain : public Agent<Plain, Handles<Nudge>> {
public:
    static constexpr std::string_view kType = "plain";
    void handle(const Nudge&) {}
};

constexpr std::size_t kAtOnce = 1000;

// One call for each, then the same in calls over a thousand; the row's figure is the latter's.
template <class Single, class Between, class Bulk>
Outcome compare(std::uint64_t ops, Single single, Between between, Bulk bulk)
{
    Spans one(kAtOnce);
    for (std::uint64_t i = 0; i < ops; ++i) {
        single(i);
        one.count();
    }
    const double before = one.outcome().nanoseconds();
    between();
    Spans spans(1);
    for (std::uint64_t i = 0; i < ops; i += kAtOnce) {
        bulk(i, std::min<std::uint64_t>(kAtOnce, ops - i));
        spans.count();
    }
    Outcome outcome = spans.outcome();
    outcome.ops = ops;
    outcome.opsPerSpan = kAtOnce;
    outcome.spans.clear();
    outcome.more["one_by_one_ns"] = before;
    outcome.more["faster_than_one_by_one"] = before / outcome.nanoseconds();
    return outcome;
}

void mustAll(const BulkDone& done)
{
    if (!done.failures.empty()) {
        must(Result<void>(done.failures.front().error));
    }
}

// Living agents with their names, which they have not got yet.
std::vector<std::pair<AgentId, std::string>> namesFor(const std::vector<AgentId>& ids)
{
    std::vector<std::pair<AgentId, std::string>> names;
    for (const AgentId id : ids) {
        names.emplace_back(id, "agent-" + std::to_string(names.size()));
    }
    return names;
}

Outcome registerInBulk(std::uint64_t ops)
{
    World world;
    Runtime& runtime = *world.runtime;
    const auto ids = must(runtime.createMany<Plain>(ops, {})).ids;
    const auto names = namesFor(ids);
    mustAll(runtime.registerMany(names));  // the table has its size then
    const std::span all(names);
    const auto unregister = [&runtime, &ids] { mustAll(runtime.unregisterMany(ids)); };
    unregister();
    return compare(
        ops,
        [&runtime, &names](std::uint64_t i) {
            must(runtime.registerName(names[i].first, names[i].second));
        },
        unregister,
        [&runtime, all](std::uint64_t from, std::uint64_t count) {
            mustAll(runtime.registerMany(all.subspan(from, count)));
        });
}

Outcome unregisterInBulk(std::uint64_t ops)
{
    World world;
    Runtime& runtime = *world.runtime;
    const auto ids = must(runtime.createMany<Plain>(ops, {})).ids;
    const auto names = namesFor(ids);
    const auto enter = [&runtime, &names] { mustAll(runtime.registerMany(names)); };
    enter();
    return compare(
        ops, [&runtime, &ids](std::uint64_t i) { must(runtime.unregisterName(ids[i])); }, enter,
        [&runtime, &ids](std::uint64_t from, std::uint64_t count) {
            mustAll(runtime.unregisterMany(std::span(ids).subspan(from, count)));
        });
}

Outcome updateInBulk(std::uint64_t ops)
{
    World world;
    Runtime& runtime = *world.runtime;
    const auto ids = must(runtime.createMany<Plain>(ops, {})).ids;
    const AgentUpdate before{.attributes = {{"zone", "eu"}, {"state", "idle"}}};
    const AgentUpdate after{.attributes = {{"state", "draining"}}};
    mustAll(runtime.updateMany(ids, before));
    return compare(
        ops, [&](std::uint64_t i) { must(runtime.update(ids[i], after)); }, [] {},
        [&](std::uint64_t from, std::uint64_t count) {
            mustAll(runtime.updateMany(std::span(ids).subspan(from, count), before));
        });
}

// All is handled before the next thousand goes: what is compared is the work, not the wait.
Outcome sendInBulk(std::uint64_t ops)
{
    World world;
    Runtime& runtime = *world.runtime;
    const auto ids = must(runtime.createMany<Plain>(kAtOnce, {})).ids;
    std::uint64_t sent = 0;
    const auto awaitHandled = [&runtime, &sent] {
        while (runtime.counters().handled < sent) {
            std::this_thread::yield();
        }
    };
    return compare(
        ops,
        [&](std::uint64_t i) {
            static_cast<void>(runtime.send(ids[i % kAtOnce], Nudge{}));
            if (++sent % kAtOnce == 0) {
                awaitHandled();
            }
        },
        [] {},
        [&](std::uint64_t, std::uint64_t count) {
            sent += runtime.sendMany(std::span(ids).first(count), Nudge{}).delivered;
            awaitHandled();
        });
}

}  // namespace

void addBatchRows(std::vector<Row>& rows)
{
    rows.push_back({"batch/register", "a name for one of a thousand agents (goal: 10 times)", 0,
                    500'000, 100'000, registerInBulk});
    rows.push_back({"batch/unregister", "one of a thousand names taken away (goal: 10 times)", 0,
                    500'000, 100'000, unregisterInBulk});
    rows.push_back({"batch/update", "attributes of one of a thousand agents (goal: 10 times)", 0,
                    500'000, 100'000, updateInBulk});
    rows.push_back({"batch/send", "a message to one of a thousand agents, handled", 0, 2'000'000,
                    200'000, sendInBulk});
}

}  // namespace muster::bench
