// SPDX-License-Identifier: Apache-2.0
#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

struct Go {};
struct Work {};
struct Ping {};
struct Pong {};

/// Never without mail: each message it handles it sends itself again, after as much work.
class Hot : public Agent<Hot, Handles<Work>> {
public:
    explicit Hot(Duration each) : m_each(each) {}
    void handle(const Work& work)
    {
        if (m_each > Duration::zero()) {
            const MonoTime until = m_clock->now() + m_each;
            while (m_clock->now() < until) {
            }
        }
        send(self(), work);
    }

private:
    Duration m_each;
    std::shared_ptr<Clock> m_clock = systemClock();
};

class Calm : public Agent<Calm, Handles<Ping>> {
public:
    void handle(const Ping&) { send(sender(), Pong{}); }
};

/// Sends to one calm agent after the other, each when the one before has answered.
class Pacer : public Agent<Pacer, Handles<Go, Pong>> {
public:
    Pacer(std::vector<AgentId> calm, std::uint64_t left, Count* done, Outcome* outcome)
        : m_calm(std::move(calm)), m_left(left), m_done(done), m_outcome(outcome)
    {
    }
    void handle(const Go&)
    {
        m_spans = std::make_unique<Spans>(1);
        next();
    }
    void handle(const Pong&)
    {
        m_spans->count();
        if (--m_left != 0) {
            next();
        } else {
            *m_outcome = m_spans->outcome();
            m_done->add();
        }
    }

private:
    void next() { send(m_calm[m_left % m_calm.size()], Ping{}); }

    std::vector<AgentId> m_calm;
    std::uint64_t m_left;
    Count* m_done;
    Outcome* m_outcome;
    std::unique_ptr<Spans> m_spans;
};

Outcome roundTrips(std::uint64_t ops, std::uint32_t hot, Duration each)
{
    Count done;
    Outcome outcome;
    World world;
    std::vector<AgentId> calm;
    for (int i = 0; i < 1000; ++i) {
        calm.push_back(must(world.runtime->create<Calm>({})));
    }
    for (std::uint32_t i = 0; i < hot; ++i) {
        const AgentId agent = must(world.runtime->create<Hot>({}, each));
        for (int mail = 0; mail < 1000; ++mail) {
            world.runtime->send(agent, Work{});
        }
    }
    const AgentId pacer = must(world.runtime->create<Pacer>({}, calm, ops, &done, &outcome));
    world.runtime->send(pacer, Go{});
    done.sleepUntil(1);
    return outcome;
}

// Two hot agents a worker, so that the others have to wait wherever they are.
Outcome besideHot(std::uint64_t ops, Duration each)
{
    const Outcome alone = roundTrips(ops, 0, Duration::zero());
    Outcome outcome = roundTrips(ops, 4, each);
    outcome.more["alone_ns"] = alone.nanoseconds();
    return outcome;
}

}  // namespace

void addFairnessRows(std::vector<Row>& rows)
{
    using namespace std::chrono_literals;
    const auto beside = [](Duration each) {
        return [each](std::uint64_t ops) { return besideHot(ops, each); };
    };
    const char* operation = "a message to a calm agent and back, beside four that never rest";
    rows.push_back({"fairness/cheap", operation, 0, 10'000, 2'000, beside(0ns)});
    rows.push_back({"fairness/heavy", std::string(operation) + " and take 10 us a message", 0,
                    1'000, 200, beside(10us)});
}

}  // namespace muster::bench
