// SPDX-License-Identifier: Apache-2.0
#include "support/model/explorer.h"

#include <memory>
#include <set>

#include "base/atomic.h"
#include "support/test_case.h"

namespace muster::model {

class ExplorerTest : public QObject {
    Q_OBJECT

    /// Two threads that count up a shared number without an atomic operation for it.
    static Program lostUpdate()
    {
        const auto number = std::make_shared<Atomic<int>>(0);
        const auto countUp = [number] { number->store(number->load() + 1); };
        return {{countUp, countUp},
                [number] { return number->load() == 2 ? "" : std::string("a count is lost"); }};
    }

private slots:
    void everyOrderIsTriedOnce()
    {
        // Three steps each: 6! / (3! 3!) orders.
        std::set<std::string> orders;
        const auto make = [&orders] {
            const auto order = std::make_shared<std::string>();
            const auto number = std::make_shared<Atomic<int>>(0);
            const auto thread = [order, number](char name) {
                return [order, number, name] {
                    for (int i = 0; i < 3; ++i) {
                        static_cast<void>(number->load());
                        *order += name;
                    }
                };
            };
            return Program{{thread('a'), thread('b')}, [order, &orders] {
                               orders.insert(*order);
                               return std::string();
                           }};
        };
        const auto few = explore(make, {.preemptions = 1});
        QVERIFY(few.complete);
        const auto withOne = orders.size();
        QVERIFY(withOne < 20);
        const auto all = explore(make, {.preemptions = 6});
        QVERIFY2(all.complete && !all.finding, all.text().c_str());
        QCOMPARE(orders.size(), std::size_t{20});
    }

    void aLostUpdateIsFoundWithOnePreemptionAndToldStepByStep()
    {
        QVERIFY(explore(lostUpdate, {.preemptions = 0}).complete);
        const auto outcome = explore(lostUpdate);
        QVERIFY(outcome.finding);
        QCOMPARE(outcome.finding->what, std::string("a count is lost"));
        const auto text = outcome.text();
        QVERIFY2(text.find("A load") < text.find("B load"), text.c_str());
        QVERIFY2(text.find("explorer_test.cpp:") != std::string::npos, text.c_str());
    }

    void aFindingIsReplayed()
    {
        const auto found = explore(lostUpdate);
        QVERIFY(found.finding);
        const auto again = replay(lostUpdate, found.finding->choices);
        QVERIFY(again.finding);
        QCOMPARE(again.finding->text(), found.finding->text());
    }

    void aSeedFindsTheSameEachTime()
    {
        const auto one = exploreRandomly(lostUpdate, 7);
        QVERIFY(one.finding);
        QCOMPARE(exploreRandomly(lostUpdate, 7).text(), one.text());
    }

    void threadsThatWaitForEachOtherAreFound()
    {
        const auto outcome = explore([] {
            const auto one = std::make_shared<Mutex>();
            const auto two = std::make_shared<Mutex>();
            const auto both = [](auto first, auto second) {
                return [first, second] {
                    const std::scoped_lock outer(*first);
                    const std::scoped_lock inner(*second);
                };
            };
            return Program{{both(one, two), both(two, one)}, {}};
        });
        QVERIFY(outcome.finding);
        QVERIFY2(outcome.finding->what.starts_with("nobody can go on: A waits at"),
                 outcome.text().c_str());
    }

    void aWakeUpThatIsLostIsFound()
    {
        const auto make = [] {
            const auto flag = std::make_shared<Atomic<int>>(0);
            return Program{{[flag] { flag->wait(0); },
                            [flag] {
                                flag->store(1);
                                flag->notify_one();
                            }},
                           {}};
        };
        QVERIFY(explore(make, {.preemptions = 4}).complete);
        QVERIFY(explore(make, {.broken = Broken::notify}).finding);
    }

    void aLoopThatWaitsForAnotherThreadEnds()
    {
        const auto outcome = explore(
            [] {
                const auto flag = std::make_shared<Atomic<bool>>(false);
                return Program{{[flag] {
                                    while (!flag->load()) {
                                        relaxCore();
                                    }
                                },
                                [flag] { flag->store(true); }},
                               {}};
            },
            {.preemptions = 4});
        QVERIFY2(outcome.complete && !outcome.finding, outcome.text().c_str());
    }

    void whatAThreadRequiresIsHeldTo()
    {
        const auto outcome = explore([] {
            const auto inside = std::make_shared<Atomic<int>>(0);
            const auto enter = [inside] {
                require(inside->fetch_add(1) == 0, "two are inside");
                inside->fetch_sub(1);
            };
            return Program{{enter, enter}, {}};
        });
        QVERIFY(outcome.finding);
        QCOMPARE(outcome.finding->what, std::string("two are inside"));
    }
};

MUSTER_TEST_CASE(ExplorerTest);

}  // namespace muster::model

#include "explorer_test.moc"
