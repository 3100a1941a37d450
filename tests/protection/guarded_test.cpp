// SPDX-License-Identifier: Apache-2.0
#include "protection/guarded.h"

#include <QtTest/QtTest>
#include <atomic>
#include <thread>
#include <vector>

#include "protection/bulkhead.h"
#include "protection/clock_walk.h"
#include "protection/cycle_limiter.h"
#include "protection/retry_budget.h"
#include "protection/sliding_window.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

constexpr int kThreads = 4;
constexpr int kTries = 2'000;

/// One trace: at each of the times so many tries, shared out among the threads. How many of
/// them passed at each time.
template <class Machine, class Try>
std::vector<int> admittedBy(int threads, Machine machine, const std::vector<Duration>& times,
                            Try passes)
{
    Guarded<Machine> guarded(std::move(machine));
    std::vector<int> admitted;
    for (const Duration time : times) {
        std::atomic<int> passed{0};
        std::vector<std::thread> all;
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&] {
                for (int i = 0; i < kTries / threads; ++i) {
                    passed += guarded.use(
                        [&](Machine& alone) { return passes(alone, at(time)) ? 1 : 0; });
                }
            });
        }
        for (auto& thread : all) {
            thread.join();
        }
        admitted.push_back(passed);
    }
    return admitted;
}

}  // namespace

class GuardedTest : public QObject {
    Q_OBJECT
private slots:
    void aSlidingWindowAdmitsThreadsWhatItAdmitsOne()
    {
        const auto run = [](int threads) {
            return admittedBy(threads, SlidingWindow::create({300, 1s, {}, 10}, at(0s)).value(),
                              {0s, 500ms, 1100ms, 10s}, [](SlidingWindow& window, MonoTime now) {
                                  return window.tryTake(1, now)->admitted;
                              });
        };
        QCOMPARE(run(1), (std::vector<int>{300, 0, 300, 300}));
        QCOMPARE(run(kThreads), run(1));
    }
    void aCycleLimiterAdmitsThreadsWhatItAdmitsOne()
    {
        const auto run = [](int threads) {
            return admittedBy(threads, CycleLimiter::create({50, 1s, 120, 5s}, at(0s)).value(),
                              {0s, 1s, 60s}, [](CycleLimiter& limiter, MonoTime now) {
                                  return limiter.tryTake(1, now)->admitted;
                              });
        };
        QCOMPARE(run(1), (std::vector<int>{50, 50, 120}));
        QCOMPARE(run(kThreads), run(1));
    }
    void aBulkheadAdmitsThreadsWhatItAdmitsOne()
    {
        const auto run = [](int threads) {
            // Nobody leaves: after 40 all wait, and after 100 more all are refused.
            return admittedBy(threads, Bulkhead::create({40, 100, 10s}).value(), {0s, 1s},
                              [](Bulkhead& bulkhead, MonoTime now) {
                                  return bulkhead.enter({}, now).entry != Bulkhead::Entry::refused;
                              });
        };
        QCOMPARE(run(1), (std::vector<int>{140, 0}));
        QCOMPARE(run(kThreads), run(1));
    }
    void aRetryBudgetGrantsThreadsWhatItGrantsOne()
    {
        const auto run = [](int threads) {
            RetryBudget budget = RetryBudget::create(RatioBudgetSettings{}).value();
            for (int i = 0; i < 1'000; ++i) {
                budget.callBegan(at(0s));
            }
            return admittedBy(
                threads, std::move(budget), {0s, 1s, 20s},
                [](RetryBudget& machine, MonoTime now) { return machine.tryRetry(now); });
        };
        // 20 % of the calls and ten a second, of ten seconds; then the calls are forgotten.
        QCOMPARE(run(1), (std::vector<int>{300, 0, 100}));
        QCOMPARE(run(kThreads), run(1));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::GuardedTest);
#include "guarded_test.moc"
