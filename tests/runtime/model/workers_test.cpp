// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include "runtime/internal/own_work.h"
#include "runtime/internal/run_queue.h"
#include "runtime/internal/sleepers.h"
#include "support/model/explorer.h"
#include "support/test_case.h"

namespace muster::model {
namespace {

using detail::Cell;
using detail::OwnWork;
using detail::RunQueue;
using detail::Sleepers;

/// What workers share, without the agents: some make work, each into a queue of its own, the
/// others look for it and sleep when there is none, as worker_pool.cpp does it. Whoever takes the
/// last agent ends it all, so that work that nobody is woken for leaves everybody standing.
class Pool {
public:
    explicit Pool(int agents, bool looksAgain = true) : m_left(agents), m_looksAgain(looksAgain) {}

    void queue(std::size_t agent, std::size_t maker = 0)
    {
        require(m_queues[maker].push(m_agents[agent]), "the queue is full");
        m_sleepers.wakeOne();
    }
    /// To worker 1, or to the queue.
    void offer(std::size_t agent, std::size_t maker = 0)
    {
        if (!m_own.offer(m_agents[agent], [this] { return m_sleepers.isAsleep(1); })) {
            queue(agent, maker);
        }
    }
    void work(std::uint32_t number)
    {
        while (!m_stopping.load()) {
            Cell* cell = find(number);
            if (cell == nullptr) {
                m_sleepers.beginSearch();
                while ((cell = find(number)) == nullptr && sleep(number)) {
                }
                if (m_sleepers.endSearch() && !m_stopping.load() && anyWork()) {
                    m_sleepers.wakeOne();
                }
            }
            if (cell != nullptr) {
                run(*cell);
            }
        }
    }
    [[nodiscard]] std::string check(std::size_t agents) const
    {
        for (std::size_t i = 0; i < agents; ++i) {
            if (m_runs[i] != 1) {
                return m_runs[i] == 0 ? "an agent never runs" : "an agent runs twice";
            }
        }
        return "";
    }

private:
    [[nodiscard]] Cell* find(std::uint32_t number)
    {
        if (Cell* offered = number == 1 ? m_own.takeOffered() : nullptr) {
            return offered;
        }
        std::array<Cell*, 1> one{};
        for (RunQueue& queue : m_queues) {
            if (queue.take(one.data(), 1) != 0) {
                return one[0];
            }
        }
        return nullptr;
    }
    [[nodiscard]] bool sleep(std::uint32_t number)
    {
        m_sleepers.sleep(number,
                         [this] { return m_looksAgain && (anyWork() || m_stopping.load()); });
        return !m_stopping.load();
    }
    [[nodiscard]] bool anyWork() const
    {
        return m_own.hasOffer() ||
               std::ranges::any_of(m_queues, [](const auto& queue) { return !queue.empty(); });
    }
    void run(Cell& cell)
    {
        ++m_runs[static_cast<std::size_t>(&cell - m_agents.data())];
        if (--m_left == 0) {
            m_stopping.store(true);
            m_sleepers.wakeAll(kWorkers);
        }
    }

    static constexpr std::uint32_t kWorkers = 3;

    std::array<Cell, 4> m_agents;
    std::array<int, 4> m_runs{};
    int m_left;
    bool m_looksAgain;
    Atomic<bool> m_stopping{false};
    std::array<RunQueue, 2> m_queues;
    OwnWork m_own;
    Sleepers m_sleepers;
};

Program oneSleeper()
{
    const auto pool = std::make_shared<Pool>(2);
    return {{[pool] {
                 pool->queue(0);
                 pool->queue(1);
             },
             [pool] { pool->work(1); }},
            [pool] { return pool->check(2); }};
}

Program twoSleepers()
{
    const auto pool = std::make_shared<Pool>(2);
    return {{[pool] {
                 pool->queue(0);
                 pool->queue(1);
             },
             [pool] { pool->work(1); }, [pool] { pool->work(2); }},
            [pool] { return pool->check(2); }};
}

Program twoWhoMakeWork()
{
    const auto pool = std::make_shared<Pool>(2);
    return {{[pool] { pool->queue(0); }, [pool] { pool->offer(1, 1); }, [pool] { pool->work(1); }},
            [pool] { return pool->check(2); }};
}

Program oneWhoOffers()
{
    const auto pool = std::make_shared<Pool>(2);
    return {{[pool] {
                 pool->offer(0);
                 pool->offer(1);
             },
             [pool] { pool->work(1); }},
            [pool] { return pool->check(2); }};
}

/// Looks for work, says that it sleeps, and sleeps.
Program oneWhoDoesNotLookAgain()
{
    const auto pool = std::make_shared<Pool>(1, false);
    return {{[pool] { pool->queue(0); }, [pool] { pool->work(1); }},
            [pool] { return pool->check(1); }};
}

/// A worker's run-next slot, emptied by itself and by the watchdog.
Program nextAndRescue()
{
    struct Shared {
        OwnWork own;
        std::array<Cell, 4> agents;
        std::array<int, 4> taken{};

        void count(Cell* cell)
        {
            if (cell != nullptr) {
                ++taken[static_cast<std::size_t>(cell - agents.data())];
            }
        }
    };
    const auto shared = std::make_shared<Shared>();
    return {{[shared] {
                 for (Cell& agent : shared->agents) {
                     if (&agent == &shared->agents[2]) {
                         require(shared->own.keep(agent), "there is no room to keep one");
                     } else if (shared->own.isNextFree()) {
                         shared->own.setNext(agent);
                     } else {
                         shared->count(shared->own.swapNext(agent));
                     }
                 }
                 shared->count(shared->own.take());
                 shared->count(shared->own.take());
             },
             [shared] { shared->own.rescue([&](Cell& cell) { shared->count(&cell); }); }},
            [shared] {
                shared->own.rescue([&](Cell& cell) { shared->count(&cell); });
                return std::ranges::count(shared->taken, 1) == 4 ? "" : "not each is taken once";
            }};
}

}  // namespace

using Make = Program (*)();

class WorkersModelTest : public QObject {
    Q_OBJECT
private slots:
    void nobodySleepsWhileThereIsWork_data()
    {
        QTest::addColumn<Make>("make");
        QTest::addColumn<unsigned>("preemptions");
        QTest::newRow("one sleeper") << &oneSleeper << 3U;
        QTest::newRow("two sleepers") << &twoSleepers << 1U;
        QTest::newRow("one who offers") << &oneWhoOffers << 3U;
        QTest::newRow("two who make work") << &twoWhoMakeWork << 2U;
        QTest::newRow("a run-next slot and the watchdog") << &nextAndRescue << 4U;
    }

    void nobodySleepsWhileThereIsWork()
    {
        QFETCH(const Make, make);
        QFETCH(const unsigned, preemptions);
        const auto outcome = explore(make, {.preemptions = preemptions});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void norInLongerRunsDrawnBySeed()
    {
        const auto outcome = exploreRandomly(&twoSleepers, 20'261'122, {.runs = 2'000});
        QVERIFY2(!outcome.finding, outcome.text().c_str());
    }

    void aWorkerThatDoesNotLookAgainBeforeItSleepsIsFound()
    {
        const auto outcome = explore(&oneWhoDoesNotLookAgain);
        QVERIFY(outcome.finding);
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.finding->what.starts_with("nobody can go on"));
    }

    void brokenOperationsAreFound()
    {
        QVERIFY(explore(&oneSleeper, {.broken = Broken::notify}).finding);
        const auto fetch = explore(&twoSleepers, {.broken = Broken::fetch});
        qInfo("%s", fetch.text().c_str());
        QVERIFY(fetch.finding);
        QVERIFY(explore(&nextAndRescue, {.broken = Broken::exchange}).finding);
    }
};

MUSTER_TEST_CASE(WorkersModelTest);

}  // namespace muster::model

#include "workers_test.moc"
