// SPDX-License-Identifier: Apache-2.0
#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

using namespace std::chrono_literals;

struct Go {};
struct Increment {};
struct Ball {
    std::uint64_t left;
};
struct Next {
    AgentId agent;
};
struct Query {
    std::uint64_t number;
};
struct Answer {
    std::uint64_t number;
};

/// Where an agent puts its figures.
struct Report {
    Count done;
    Outcome outcome;

    void finish(const Spans& spans)
    {
        outcome = spans.outcome();
        done.add();
    }
};

class Receiver : public Agent<Receiver, Handles<Increment>> {
public:
    Receiver(Report* report, std::uint64_t left) : m_report(report), m_left(left) {}
    Result<void> init()
    {
        m_spans = std::make_unique<Spans>(1000);
        return {};
    }
    void handle(const Increment&)
    {
        m_spans->count();
        if (--m_left == 0) {
            m_report->finish(*m_spans);
        }
    }

private:
    Report* m_report;
    std::uint64_t m_left;
    std::unique_ptr<Spans> m_spans;
};

/// Sends as fast as the receiver's bounded mailbox takes it; gives its turn away when it is full.
class Sender : public Agent<Sender, Handles<Go>> {
public:
    Sender(AgentId to, std::uint64_t left) : m_to(to), m_left(left) {}
    void handle(const Go& go)
    {
        for (int i = 0; i < kAtOnce && m_left != 0; ++i) {
            if (!queued(send(m_to, Increment{}))) {
                break;
            }
            --m_left;
        }
        if (m_left != 0) {
            send(self(), go);
        }
    }

private:
    static constexpr int kAtOnce = 512;
    AgentId m_to;
    std::uint64_t m_left;
};

Outcome oneToOne(std::uint64_t ops)
{
    Report report;
    World world;
    CreateOptions options;
    options.mailbox.bound = 65'536;
    const AgentId receiver = must(world.runtime->create<Receiver>(options, &report, ops));
    const AgentId sender = must(world.runtime->create<Sender>({}, receiver, ops));
    world.runtime->send(sender, Go{});
    report.done.sleepUntil(1);
    return report.outcome;
}

/// Passes a message on, as often as it says.
class Player : public Agent<Player, Handles<Next, Ball>> {
public:
    Player(Report* report, std::uint64_t hopsPerOp) : m_report(report), m_hopsPerOp(hopsPerOp) {}
    void handle(const Next& next) { m_next = next.agent; }
    void handle(const Ball& ball)
    {
        if (m_report != nullptr) {
            timed(ball);
        }
        if (ball.left != 0) {
            send(m_next, Ball{ball.left - 1});
        }
    }

private:
    void timed(const Ball& ball)
    {
        if (!m_spans) {
            m_spans = std::make_unique<Spans>(1000);
        } else {
            // Comes by once in so many hops.
            for (std::uint64_t hop = 0; hop < m_hopsPerOp; ++hop) {
                m_spans->count();
            }
        }
        if (ball.left == 0) {
            m_report->finish(*m_spans);
        }
    }

    Report* m_report;
    std::uint64_t m_hopsPerOp;
    AgentId m_next;
    std::unique_ptr<Spans> m_spans;
};

// The first counts `opsPerRound` whenever the ball comes round.
Outcome inARing(std::uint64_t rounds, std::uint64_t players, std::uint64_t opsPerRound)
{
    Report report;
    World world;
    std::vector<AgentId> all;
    for (std::uint64_t i = 0; i < players; ++i) {
        all.push_back(
            must(world.runtime->create<Player>({}, i == 0 ? &report : nullptr, opsPerRound)));
    }
    for (std::uint64_t i = 0; i < players; ++i) {
        world.runtime->send(all[i], Next{all[(i + 1) % players]});
    }
    world.runtime->send(all[0], Ball{rounds * players});
    report.done.sleepUntil(1);
    return report.outcome;
}

class Answerer : public Agent<Answerer, Handles<Query>> {
public:
    Answer handle(const Query& query) { return {query.number + 1}; }
};

class Asker : public Agent<Asker, Handles<Go>> {
public:
    Asker(Report* report, AgentId whom, std::uint64_t times)
        : m_report(report), m_whom(whom), m_times(times)
    {
    }
    Async<void> handle(const Go&)
    {
        Spans spans(100);
        for (std::uint64_t i = 0; i < m_times; ++i) {
            const Query query{i};
            const Result<Answer> answer = co_await ask<Answer>(m_whom, query, 5s);
            if (!answer.ok() || answer.value().number != i + 1) {
                std::abort();
            }
            spans.count();
        }
        m_report->finish(spans);
    }

private:
    Report* m_report;
    AgentId m_whom;
    std::uint64_t m_times;
};

Outcome askAgent(std::uint64_t ops)
{
    Report report;
    World world;
    const AgentId answerer = must(world.runtime->create<Answerer>({}));
    const AgentId asker = must(world.runtime->create<Asker>({}, &report, answerer, ops));
    world.runtime->send(asker, Go{});
    report.done.sleepUntil(1);
    return report.outcome;
}

Outcome askOutside(std::uint64_t ops)
{
    Count answered;
    World world;
    const AgentId answerer = must(world.runtime->create<Answerer>({}));
    Spans spans(1);
    for (std::uint64_t i = 0; i < ops; ++i) {
        world.runtime->ask<Answer>(answerer, Query{i}, 5s, [&answered](const Result<Answer>& got) {
            answered.add(got.ok() ? 1 : 0);
        });
        answered.await(i + 1);
        spans.count();
    }
    return spans.outcome();
}

}  // namespace

void addMessageRows(std::vector<Row>& rows)
{
    rows.push_back({"one_to_one", "a message from one sender to one receiver, handled", 33,
                    10'000'000, 2'000'000, oneToOne});
    rows.push_back({"ping_pong", "a message there and one back", 70, 3'000'000, 500'000,
                    [](std::uint64_t ops) { return inARing(ops, 2, 1); }});
    rows.push_back({"ring", "a hop in a ring of 503 agents", 30, 10'000'000, 2'000'000,
                    [](std::uint64_t ops) { return inARing(ops / 503, 503, 503); }});
    rows.push_back({"ask_agent", "request to reply, agent to agent, awaited", 150, 2'000'000,
                    500'000, askAgent});
    rows.push_back({"ask_outside", "request to reply, from a thread of the program's own", 2000,
                    200'000, 50'000, askOutside});
}

}  // namespace muster::bench
