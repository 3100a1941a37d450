// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <deque>

#include "protection/clock_walk.h"
#include "protection/retry_budget.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

RetryBudget budgetOf(RetryBudgetSettings settings)
{
    return RetryBudget::create(settings).value();
}

int granted(RetryBudget& budget, int tries, MonoTime now)
{
    int count = 0;
    for (int i = 0; i < tries; ++i) {
        count += budget.tryRetry(now) ? 1 : 0;
    }
    return count;
}

void callsBegin(RetryBudget& budget, int count, MonoTime now)
{
    for (int i = 0; i < count; ++i) {
        budget.callBegan(now);
    }
}

}  // namespace

class RetryBudgetTest : public QObject {
    Q_OBJECT
private slots:
    void aRatioOfTheCallsAndAFloorMayBeRetried()
    {
        RetryBudget budget = budgetOf(RatioBudgetSettings{});
        QCOMPARE(granted(budget, 1'000, at(0s)), 100);  // 10/s in 10 s
        callsBegin(budget, 1'000, at(5s));
        QCOMPARE(granted(budget, 1'000, at(5s)), 200);
        QVERIFY(budget.status(at(5s)).spent());
        QCOMPARE(budget.status(at(5s)).allowed, 300.0);
        QCOMPARE(budget.status(at(5s)).used, 300.0);
        QCOMPARE(budget.refused(), std::uint64_t{900 + 800});
        QCOMPARE(granted(budget, 1'000, at(10s)), 100);  // the first hundred left
        QVERIFY(budget.status(at(15s)).spent());         // with the calls, what they allowed left
        QVERIFY(!budget.status(at(20s)).spent());
        QCOMPARE(granted(budget, 1'000, at(60s)), 100);
    }
    void withoutAFloorOnlyCallsAllowRetries()
    {
        RetryBudget budget = budgetOf(RatioBudgetSettings{0.1, 0, 10s});
        QCOMPARE(granted(budget, 10, at(0s)), 0);
        callsBegin(budget, 9, at(0s));
        QCOMPARE(granted(budget, 10, at(0s)), 0);
        callsBegin(budget, 21, at(0s));
        QCOMPARE(granted(budget, 10, at(0s)), 3);
    }
    void noWindowSeesMoreRetriesThanItsShare()
    {
        ClockWalk walk(41);
        RetryBudget budget = budgetOf(RatioBudgetSettings{0.2, 2, 10s});
        std::deque<Duration> retries;
        std::deque<Duration> calls;
        for (int i = 0; i < 100'000; ++i) {
            const MonoTime now = walk.step(20ms);
            if (walk.rng().below(2) == 0) {
                budget.callBegan(now);
                calls.push_back(walk.passed());
            } else if (budget.tryRetry(now)) {
                retries.push_back(walk.passed());
            }
            // Buckets of 1 s: what is in the budget's window lies in these 9 s and 11 s.
            while (!retries.empty() && retries.front() <= walk.passed() - Duration(9s)) {
                retries.pop_front();
            }
            while (!calls.empty() && calls.front() <= walk.passed() - Duration(11s)) {
                calls.pop_front();
            }
            QVERIFY(static_cast<double>(retries.size()) <=
                    0.2 * static_cast<double>(calls.size()) + 20);
        }
        QVERIFY(budget.granted() > 5'000 && budget.refused() > 5'000);
    }
    void tokensRunOutWithFailuresAndComeBackWithSuccesses()
    {
        RetryBudget budget = budgetOf(TokenBudgetSettings{});
        for (int i = 0; i < 4; ++i) {
            budget.attemptEnded(false);
        }
        QVERIFY(budget.tryRetry(at(0s)));  // 6 of 10
        QCOMPARE(budget.status(at(0s)).used, 4.0);
        budget.attemptEnded(false);
        QVERIFY(!budget.tryRetry(at(0s)));  // 5: not above half
        QVERIFY(budget.status(at(0s)).spent());
        budget.attemptEnded(true);
        QVERIFY(budget.tryRetry(at(0s)));
        for (int i = 0; i < 100; ++i) {
            budget.attemptEnded(false);
        }
        for (int i = 0; i < 50; ++i) {
            QVERIFY(!budget.tryRetry(at(0s)));
            budget.attemptEnded(true);
        }
        QVERIFY(!budget.tryRetry(at(0s)));  // exactly 5 from nothing
        budget.attemptEnded(true);
        QVERIFY(budget.tryRetry(at(0s)));
    }
    void aShareOfTheActiveCallsMayBeRetries()
    {
        RetryBudget budget = budgetOf(ActiveBudgetSettings{});
        QCOMPARE(granted(budget, 10, at(0s)), 3);
        callsBegin(budget, 30, at(0s));
        QCOMPARE(granted(budget, 10, at(0s)), 3);  // 6 of 30
        budget.retryEnded();
        budget.retryEnded();
        QCOMPARE(granted(budget, 10, at(0s)), 2);
        for (int i = 0; i < 20; ++i) {
            budget.callEnded();
        }
        QCOMPARE(granted(budget, 10, at(0s)), 0);
        QCOMPARE(budget.status(at(0s)).allowed, 3.0);
        QCOMPARE(budget.status(at(0s)).used, 6.0);
    }
    void aChangeKeepsWhatWasCounted()
    {
        RetryBudget budget = budgetOf(RatioBudgetSettings{0.5, 0, 10s});
        callsBegin(budget, 100, at(0s));
        QCOMPARE(granted(budget, 40, at(0s)), 40);
        QVERIFY(budget.change(RatioBudgetSettings{0.45, 0, 10s}).ok());
        QCOMPARE(granted(budget, 40, at(0s)), 5);
        QVERIFY(budget.change(ActiveBudgetSettings{0.5, 0}).ok());
        QCOMPARE(granted(budget, 40, at(0s)), 5);  // 45 of 100 are under way
        for (int i = 0; i < 50; ++i) {
            budget.retryEnded();
        }
        QCOMPARE(granted(budget, 100, at(0s)), 50);
        QVERIFY(!budget.change(ActiveBudgetSettings{-1, 0}).ok());
    }
    void nothingSticksAfterAJump()
    {
        for (const Duration jump : kJumps) {
            RetryBudget budget = budgetOf(RatioBudgetSettings{0.2, 1, 10s});
            QCOMPARE(granted(budget, 100, at(1h)), 10);
            QCOMPARE(granted(budget, 100, at(1h) + jump), jump >= 10s ? 10 : 0);
            static_cast<void>(budget.tryRetry(at(1h) + jump + 1s));
            QCOMPARE(granted(budget, 100, at(1h) + jump + 12s), 10);
        }
    }
    void settingsOutOfRangeAreNamed()
    {
        const auto where = [](RetryBudgetSettings settings) {
            return RetryBudget::create(settings).error().where;
        };
        QCOMPARE(where(RatioBudgetSettings{-0.1, 1, 10s}), std::string("budget.ratio"));
        QCOMPARE(where(RatioBudgetSettings{0.1, 1, 0s}), std::string("budget.ratio"));
        QCOMPARE(where(TokenBudgetSettings{0, 1}), std::string("budget.tokens"));
        QCOMPARE(where(ActiveBudgetSettings{-1, 1}), std::string("budget.active"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::RetryBudgetTest);
#include "retry_budget_test.moc"
