// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/run_queue.h"

#include <array>
#include <memory>

#include "support/model/explorer.h"
#include "support/test_case.h"

namespace muster::model {

using detail::Cell;
using detail::RunQueue;
using Make = Program (*)();

/// A worker's queue, its owner and thieves. Whatever they do, each agent that was queued is taken
/// once, or is still there.
class RunQueueTest : public QObject {
    Q_OBJECT

    struct Shared {
        RunQueue queue;
        std::array<Cell, RunQueue::kSize + 1> agents;
        std::array<int, RunQueue::kSize + 1> taken{};  // whoever takes one counts it

        void push(std::size_t agent) { require(queue.push(agents[agent]), "it is full"); }
        void pop()
        {
            if (Cell* cell = queue.pop()) {
                ++taken[static_cast<std::size_t>(cell - agents.data())];
            }
        }
        void take(std::uint32_t most)
        {
            std::array<Cell*, RunQueue::kSize> out;
            const std::uint32_t count = queue.take(out.data(), most);
            for (std::uint32_t i = 0; i < count; ++i) {
                require(i == 0 || out[i - 1] < out[i], "the oldest does not come first");
                ++taken[static_cast<std::size_t>(out[i] - agents.data())];
            }
        }
        /// Moves the ring on, so that what follows goes over its end.
        void turn(std::size_t places)
        {
            for (std::size_t i = 0; i < places; ++i) {
                static_cast<void>(queue.push(agents[0]));
                static_cast<void>(queue.pop());
            }
        }
        [[nodiscard]] std::string check(std::size_t pushed)
        {
            while (!queue.empty()) {
                pop();
            }
            for (std::size_t i = 0; i < pushed; ++i) {
                if (taken[i] != 1) {
                    return taken[i] == 0 ? "an agent is lost" : "an agent was taken twice";
                }
            }
            return "";
        }
    };

    static Program ownerAndThief()
    {
        const auto shared = std::make_shared<Shared>();
        shared->turn(RunQueue::kSize - 1);
        return {{[shared] {
                     shared->push(0);
                     shared->push(1);
                     shared->pop();
                     shared->push(2);
                     shared->pop();
                 },
                 [shared] {
                     shared->take(2);
                     shared->take(1);
                 }},
                [shared] { return shared->check(3); }};
    }

    static Program ownerAndTwoThieves()
    {
        const auto shared = std::make_shared<Shared>();
        shared->push(0);
        shared->push(1);
        return {{[shared] {
                     shared->push(2);
                     shared->pop();
                     shared->pop();
                 },
                 [shared] { shared->take(2); }, [shared] { shared->take(2); }},
                [shared] { return shared->check(3); }};
    }

    /// The owner finds it full, and gives half away as the worker does.
    static Program fullQueueAndThief()
    {
        const auto shared = std::make_shared<Shared>();
        for (std::size_t i = 0; i < RunQueue::kSize; ++i) {
            shared->push(i);
        }
        return {{[shared] {
                     const std::size_t last = RunQueue::kSize;
                     if (shared->queue.push(shared->agents[last])) {
                         return;
                     }
                     shared->take(RunQueue::kSize / 2);
                     shared->push(last);
                 },
                 [shared] { shared->take(3); }},
                [shared] { return shared->check(RunQueue::kSize + 1); }};
    }

private slots:
    void everyAgentIsTakenOnce_data()
    {
        QTest::addColumn<Make>("make");
        QTest::addColumn<unsigned>("preemptions");
        QTest::newRow("owner and thief, over the end") << &ownerAndThief << 4U;
        QTest::newRow("owner and two thieves") << &ownerAndTwoThieves << 3U;
        QTest::newRow("a full queue and a thief") << &fullQueueAndThief << 1U;
    }

    void everyAgentIsTakenOnce()
    {
        QFETCH(const Make, make);
        QFETCH(const unsigned, preemptions);
        const auto outcome = explore(make, {.preemptions = preemptions});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void aCompareAndSwapInTwoStepsIsFound()
    {
        for (const auto make : {&ownerAndThief, &ownerAndTwoThieves}) {
            const auto outcome = explore(make, {.broken = Broken::compare});
            QVERIFY(outcome.finding);
            qInfo("%s", outcome.text().c_str());
        }
    }
};

MUSTER_TEST_CASE(RunQueueTest);

}  // namespace muster::model

#include "run_queue_test.moc"
