// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <deque>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "runtime/mailbox.h"
#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

struct Number {
    int value;
};
using Seen = std::shared_ptr<std::vector<int>>;

class Listener : public Agent<Listener, Handles<Number>> {
public:
    explicit Listener(Seen seen) : m_seen(std::move(seen)) {}
    int handle(const Number& number)
    {
        m_seen->push_back(number.value);
        return number.value;
    }
    [[nodiscard]] std::string stateJson() const { return std::to_string(m_seen->size()); }

private:
    Seen m_seen;
};

/// Asks another for each number and notes what it got; mail waits meanwhile.
class Forwarder : public Agent<Forwarder, Handles<Number>> {
public:
    Forwarder(AgentId other, Seen seen) : m_other(other), m_seen(std::move(seen)) {}
    Async<void> handle(const Number& number)
    {
        const Number question = number;
        const Result<int> answer = co_await ask<int>(m_other, question, 5s);
        m_seen->push_back(answer.ok() ? answer.value() : -1);
    }

private:
    AgentId m_other;
    Seen m_seen;
};

/// What the mailbox promises, as plainly as it can be said.
class Model {
public:
    void put(Priority priority, int value)
    {
        m_lanes[static_cast<std::size_t>(priority)].push_back(value);
    }
    std::optional<int> take()
    {
        std::deque<int>* best = nullptr;
        std::deque<int>* oldest = nullptr;
        int waiting = 0;
        for (std::size_t i = m_lanes.size(); i-- > 0;) {
            if (m_lanes[i].empty()) {
                continue;
            }
            ++waiting;
            best = best == nullptr ? &m_lanes[i] : best;
            oldest = &m_lanes[i];  // all came at the same time: the least of them
        }
        if (best == nullptr) {
            return std::nullopt;
        }
        m_ahead = waiting > 1 ? m_ahead + 1 : 0;
        if (m_ahead > kMostAhead) {
            m_ahead = 0;
            best = oldest;
        }
        const int value = best->front();
        best->pop_front();
        return value;
    }

private:
    std::array<std::deque<int>, 4> m_lanes;
    std::uint32_t m_ahead = 0;
};

}  // namespace

class PriorityTest : public QObject {
    Q_OBJECT

    TestRuntime runtime;
    Seen seen = std::make_shared<std::vector<int>>();
    AgentId listener;

    void suspendedListener(MailboxOptions mailbox = {})
    {
        CreateOptions options;
        options.mailbox = mailbox;
        listener = runtime->create<Listener>(options, seen).value();
        QVERIFY(runtime->suspend(listener).ok());
        runtime.settle();
    }
    Delivery send(int value, Priority priority)
    {
        return runtime->send(listener, Number{value}, priority);
    }
    void resume()
    {
        QVERIFY(runtime->resume(listener).ok());
        runtime.settle();
    }

private slots:
    void init()
    {
        seen->clear();
        if (listener) {
            static_cast<void>(runtime->stop(listener));
            runtime.settle();
        }
    }
    void whatWaitsIsHandledByPriorityAndThenByArrival()
    {
        suspendedListener();
        int value = 0;
        for (const Priority priority :
             {Priority::normal, Priority::low, Priority::urgent, Priority::high, Priority::low,
              Priority::normal, Priority::high, Priority::urgent}) {
            SAME(send(value++, priority), Delivery::queued);
        }
        resume();
        QCOMPARE(*seen, (std::vector<int>{2, 7, 3, 6, 0, 5, 1, 4}));
    }
    void eachPriorityReachesAnIdleAgent()
    {
        listener = runtime->create<Listener>({}, seen).value();
        runtime.settle();
        for (const Priority priority :
             {Priority::low, Priority::normal, Priority::high, Priority::urgent}) {
            send(static_cast<int>(priority), priority);
            runtime.settle();
        }
        QCOMPARE(*seen, (std::vector<int>{0, 1, 2, 3}));
        QCOMPARE(runtime->directory().detail(listener).value().row.mailbox, std::uint64_t{0});
    }
    void lowMailHasItsTurnBesideAFloodOfUrgent()
    {
        suspendedListener();
        send(-1, Priority::low);
        for (int i = 0; i < 200; ++i) {
            send(i, Priority::urgent);
        }
        resume();
        QCOMPARE(seen->size(), std::size_t{201});
        QCOMPARE((*seen)[kMostAhead], -1);
    }
    void anyMixtureIsHandledAsTheModelSays()
    {
        suspendedListener();
        Rng rng(7);
        for (int round = 0; round < 50; ++round) {
            Model model;
            seen->clear();
            const auto messages = static_cast<int>(rng.below(400));
            for (int i = 0; i < messages; ++i) {
                const auto priority = static_cast<Priority>(rng.below(4));
                model.put(priority, i);
                SAME(send(i, priority), Delivery::queued);
            }
            resume();
            std::vector<int> expected;
            while (const auto value = model.take()) {
                expected.push_back(*value);
            }
            QCOMPARE(*seen, expected);
            QVERIFY(runtime->suspend(listener).ok());
            runtime.settle();
        }
    }
    void theBoundCountsEveryPriority()
    {
        suspendedListener({3, OverflowPolicy::reject});
        send(0, Priority::low);
        send(1, Priority::urgent);
        send(2, Priority::normal);
        SAME(send(3, Priority::urgent), Delivery::full);
        QCOMPARE(runtime->directory().detail(listener).value().row.mailbox, std::uint64_t{3});
        resume();
        QCOMPARE(*seen, (std::vector<int>{1, 2, 0}));
    }
    void aMailboxThatShedsGivesUpTheLeastOfWhatWaits()
    {
        suspendedListener({4, OverflowPolicy::dropOldest});
        send(0, Priority::urgent);
        send(1, Priority::normal);
        send(2, Priority::low);
        send(3, Priority::high);
        send(4, Priority::normal);  // sheds 2
        send(5, Priority::urgent);  // sheds 1
        resume();
        QCOMPARE(*seen, (std::vector<int>{0, 5, 3, 4}));
        QCOMPARE(runtime->counters().droppedBy(DropCause::shedOldest), std::uint64_t{2});
    }
    void aLookInsideGoesBeforeUrgentMail()
    {
        suspendedListener();
        send(0, Priority::urgent);
        send(1, Priority::normal);
        std::string state;
        runtime->inspect(listener, 5s,
                         [&state](const Result<std::string>& json) { state = json.value(); });
        resume();
        QCOMPARE(state, std::string("0"));
        QCOMPARE(seen->size(), std::size_t{2});
    }
    void urgentMailWaitsForAHandlerThatAwaitsItsAnswer()
    {
        listener = runtime->create<Listener>({}, seen).value();
        const auto got = std::make_shared<std::vector<int>>();
        const AgentId forwarder = runtime->create<Forwarder>({}, listener, got).value();
        QVERIFY(runtime->suspend(listener).ok());
        runtime->send(forwarder, Number{1});
        runtime.settle();
        runtime->send(forwarder, Number{2}, Priority::low);
        runtime->send(forwarder, Number{3}, Priority::urgent);
        runtime.settle();
        QCOMPARE(got->size(), std::size_t{0});
        resume();
        QCOMPARE(*got, (std::vector<int>{1, 3, 2}));
        static_cast<void>(runtime->stop(forwarder));
    }
    void mailOfAnEndedAgentIsCountedWhateverItsPriority()
    {
        suspendedListener();
        const auto before = runtime->counters().droppedBy(DropCause::ended);
        for (const Priority priority :
             {Priority::low, Priority::normal, Priority::high, Priority::urgent}) {
            send(0, priority);
        }
        QVERIFY(runtime->kill(listener).ok());
        runtime.settle();
        QCOMPARE(runtime->counters().droppedBy(DropCause::ended) - before, std::uint64_t{4});
        QCOMPARE(seen->size(), std::size_t{0});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::PriorityTest);
#include "priority_test.moc"
