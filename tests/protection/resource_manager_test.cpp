// SPDX-License-Identifier: Apache-2.0
#include "protection/resource_manager.h"

#include <QtTest/QtTest>
#include <limits>
#include <stdexcept>

#include "base/rng.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr double kGib = 1024.0 * 1024 * 1024;

MonoTime at(Duration time)
{
    return MonoTime{} + time;
}

/// A manager that is told shares of a limit of 1 GiB, or of 1,000.
struct Watch {
    ResourceManager manager;

    ResourceManager::News see(Watched resource, double share, Duration time)
    {
        const double limit = resource == Watched::memory || resource == Watched::disk ? kGib : 1000;
        const std::array usages{ResourceUsage{resource, Reading::of(share * limit),
                                              Reading::of(limit), Reading::of(share)}};
        return manager.update(usages, at(time));
    }
    /// The stage ordered now for the only resource that presses; nothing: none.
    std::optional<CleanupOrder> order(Duration time)
    {
        const auto orders = manager.cleanups(at(time));
        return orders.empty() ? std::nullopt : std::optional(orders.front());
    }
    void set(Watched resource, const std::function<void(ResourceSettings&)>& change)
    {
        ResourceSettings settings = manager.settings(resource);
        change(settings);
        manager.setSettings(resource, settings);
    }
};

}  // namespace

class ResourceManagerTest : public QObject {
    Q_OBJECT
private slots:
    void theLevelIsTheWorstOfThoseThatPressAndSaysWhy()
    {
        Watch watch;
        watch.see(Watched::disk, 0.5, 0s);
        watch.see(Watched::memory, 0.5, 0s);
        QVERIFY(watch.manager.level() == Pressure::normal);
        QCOMPARE(watch.manager.cause(), std::string());
        const auto news = watch.see(Watched::memory, 0.97, 1s);
        QVERIFY(news.changes.size() == 1);
        QVERIFY(news.changes[0].from == Pressure::normal &&
                news.changes[0].to == Pressure::critical);
        QVERIFY(watch.manager.level() == Pressure::critical);
        QVERIFY(watch.manager.level(Watched::disk) == Pressure::normal);
        QCOMPARE(watch.manager.cause(), std::string("memory 97 % of limit"));
    }
    void everyResourceWarnsFrom80AndIsCriticalFrom95Percent()
    {
        for (const auto resource : {Watched::memory, Watched::disk, Watched::files,
                                    Watched::threads, Watched::agents, Watched::queue}) {
            Watch watch;
            watch.see(resource, 0.79, 0s);
            watch.see(resource, 0.79, 10s);
            QVERIFY(watch.manager.level(resource) == Pressure::normal);
            watch.see(resource, 0.80, 11s);
            watch.see(resource, 0.80, 12s);
            QVERIFY(watch.manager.level(resource) == Pressure::elevated);
            watch.see(resource, 0.95, 13s);
            QVERIFY(watch.manager.level(resource) == Pressure::critical);
        }
    }
    void aFullProcessorAndAllAgentsPressOnlyWhenAsked()
    {
        Watch watch;
        watch.see(Watched::cpu, 1, 0s);
        watch.see(Watched::agents, 1, 0s);
        QVERIFY(watch.manager.level() == Pressure::normal);
        QVERIFY(watch.manager.level(Watched::agents) == Pressure::critical);
        watch.set(Watched::cpu, [](ResourceSettings& cpu) { cpu.thresholds.critical = 0.9; });
        watch.see(Watched::cpu, 1, 1s);
        QVERIFY(watch.manager.level() == Pressure::critical);
        QCOMPARE(watch.manager.cause(), std::string("cpu 100 % of limit"));
        Watch other;
        other.set(Watched::agents, [](ResourceSettings& agents) { agents.presses = true; });
        other.see(Watched::agents, 0.96, 0s);
        QVERIFY(other.manager.level() == Pressure::critical);
    }
    void theDiskPressesWhatIsWrittenNotTheWork()
    {
        Watch watch;
        watch.see(Watched::disk, 0.99, 0s);
        QVERIFY(watch.manager.level() == Pressure::critical);
        QVERIFY(watch.manager.workLevel() == Pressure::normal);
        watch.see(Watched::files, 0.99, 0s);
        QVERIFY(watch.manager.workLevel() == Pressure::critical);
    }
    void anUnknownShareChangesNothing()
    {
        Watch watch;
        watch.see(Watched::memory, 0.97, 0s);
        const std::array unknown{ResourceUsage{Watched::memory, Reading::unknown("no file"),
                                               Reading::unknown("no file"),
                                               Reading::unknown("no file")}};
        QVERIFY(watch.manager.update(unknown, at(60s)).changes.empty());
        QVERIFY(watch.manager.level() == Pressure::critical);
        watch.see(Watched::memory, std::numeric_limits<double>::quiet_NaN(), 61s);
        QVERIFY(watch.manager.level() == Pressure::critical);
    }
    void itLooksOftenUnderPressureAndInItsGrace()
    {
        Watch watch;
        QCOMPARE(watch.manager.pollPeriod(), Duration(1s));
        watch.see(Watched::memory, 0.85, 0s);  // not yet elevated
        QVERIFY(watch.manager.level() == Pressure::normal);
        QCOMPARE(watch.manager.pollPeriod(), Duration(100ms));
        watch.see(Watched::memory, 0.85, 1s);
        QCOMPARE(watch.manager.pollPeriod(), Duration(100ms));
        watch.see(Watched::memory, 0.10, 2s);  // left after the stable time only
        QCOMPARE(watch.manager.pollPeriod(), Duration(100ms));
        watch.see(Watched::memory, 0.10, 7s);
        QCOMPARE(watch.manager.pollPeriod(), Duration(1s));
    }
    void settingOneThresholdLeavesTheOthers()
    {
        Watch watch;
        const auto before = watch.manager.settings(Watched::files);
        watch.set(Watched::files, [](ResourceSettings& files) { files.thresholds.critical = 0.5; });
        auto expected = before;
        expected.thresholds.critical = 0.5;
        QVERIFY(watch.manager.settings(Watched::files) == expected);
        QVERIFY(watch.manager.settings(Watched::memory) == defaultSettings(Watched::memory));
        watch.see(Watched::files, 0.6, 0s);
        QVERIFY(watch.manager.level(Watched::files) == Pressure::critical);
        watch.see(Watched::memory, 0.6, 0s);
        QVERIFY(watch.manager.level(Watched::memory) == Pressure::normal);
    }
    void garbageGoesFirstThenCachesThenWorkOfLowPriority()
    {
        Watch watch;
        watch.see(Watched::memory, 0.97, 0s);
        const auto first = watch.order(0s);
        QVERIFY(first && first->stage == CleanupStage::garbage);
        QVERIFY(first->resource == Watched::memory);
        // Down to the first threshold less the minimum reclaim: 75 %.
        QVERIFY(std::abs(static_cast<double>(first->amount) - 0.22 * kGib) < 2);
        QVERIFY(!watch.order(0s));  // while one runs, there is no other
        watch.manager.cleanedUp(*first, at(50ms));
        QVERIFY(!watch.order(60ms));  // before what it came to was seen
        watch.see(Watched::memory, 0.90, 100ms);
        const auto second = watch.order(100ms);
        QVERIFY(second && second->stage == CleanupStage::caches);
        watch.manager.cleanedUp(*second, at(150ms));
        watch.see(Watched::memory, 0.85, 200ms);
        const auto third = watch.order(200ms);
        QVERIFY(third && third->stage == CleanupStage::lowPriority);
        watch.manager.cleanedUp(*third, at(210ms));
        watch.see(Watched::memory, 0.85, 300ms);
        QVERIFY(!watch.order(300ms));  // all had its turn: a pause
        watch.see(Watched::memory, 0.85, 1210ms);
        const auto again = watch.order(1210ms);
        QVERIFY(again && again->stage == CleanupStage::garbage);
    }
    void aWarningTakesNoWorkAway()
    {
        Watch watch;
        watch.see(Watched::memory, 0.85, 0s);
        QVERIFY(!watch.order(0s));  // in its grace nothing is done
        watch.see(Watched::memory, 0.85, 1s);
        for (const auto stage : {CleanupStage::garbage, CleanupStage::caches}) {
            const auto order = watch.order(1s);
            QVERIFY(order && order->stage == stage);
            watch.manager.cleanedUp(*order, at(1s));
            watch.see(Watched::memory, 0.85, 1s);
        }
        QVERIFY(!watch.order(1s));
        watch.see(Watched::memory, 0.85, 2s);
        const auto again = watch.order(2s);
        QVERIFY(again && again->stage == CleanupStage::garbage);
    }
    void cleanUpEndsWithTheMinimumReclaimAndSaysHowLongItTook()
    {
        Watch watch;
        watch.see(Watched::memory, 0.97, 0s);
        const auto order = watch.order(0s);
        QVERIFY(order.has_value());
        watch.manager.cleanedUp(*order, at(80ms));
        QVERIFY(watch.see(Watched::memory, 0.78, 100ms).recoveries.empty());  // below, not enough
        const auto more = watch.order(100ms);
        QVERIFY(more && more->stage == CleanupStage::caches);
        watch.manager.cleanedUp(*more, at(150ms));
        const auto news = watch.see(Watched::memory, 0.74, 200ms);
        QVERIFY(news.recoveries.size() == 1);
        QVERIFY(news.recoveries[0].resource == Watched::memory);
        QCOMPARE(news.recoveries[0].took, Duration(200ms));
        QVERIFY(watch.manager.level() == Pressure::critical);  // the level has its stable time
        QVERIFY(watch.see(Watched::memory, 0.78, 300ms).recoveries.empty());
        QVERIFY(!watch.order(300ms));  // it does not press anew yet
        watch.see(Watched::memory, 0.81, 400ms);
        const auto anew = watch.order(400ms);
        QVERIFY(anew && anew->stage == CleanupStage::garbage);
    }
    void whatOnlyWarnsIsNotCleanedUp()
    {
        Watch watch;
        watch.see(Watched::agents, 1, 0s);
        QVERIFY(!watch.order(0s));
    }
    void aCleanUpThatHangsIsGivenUpAndItsLateEndIgnored()
    {
        Watch watch;
        watch.see(Watched::memory, 0.97, 0s);
        const auto hung = watch.order(0s);
        watch.see(Watched::memory, 0.97, 9s);
        QVERIFY(!watch.order(9s));
        watch.see(Watched::memory, 0.97, 10s);
        const auto next = watch.order(10s);
        QVERIFY(next && next->stage == CleanupStage::caches);
        watch.manager.cleanedUp(*hung, at(11s));  // too late: the other goes on
        watch.see(Watched::memory, 0.97, 12s);
        QVERIFY(!watch.order(12s));
        watch.manager.cleanedUp(*next, at(13s));
        watch.see(Watched::memory, 0.97, 13s);
        QVERIFY(watch.order(13s)->stage == CleanupStage::lowPriority);
    }
    void hooksRunUntilTheyGaveEnough()
    {
        CleanupHooks hooks;
        std::vector<std::string> ran;
        const auto hook = [&](const char* name, CleanupStage stage, CleanupOutcome outcome) {
            hooks.add({name, stage, {Watched::memory}, [&ran, name, outcome](const CleanupOrder&) {
                           ran.emplace_back(name);
                           return outcome;
                       }});
        };
        hook("cannot say", CleanupStage::caches, std::optional<std::uint64_t>());
        hook("half", CleanupStage::caches, std::optional<std::uint64_t>(50));
        hook("fails", CleanupStage::caches, Error{ErrorCode::unavailable, "not now", {}, {}});
        hook("other half", CleanupStage::caches, std::optional<std::uint64_t>(50));
        hook("spared", CleanupStage::caches, std::optional<std::uint64_t>(50));
        hook("other stage", CleanupStage::garbage, std::optional<std::uint64_t>(50));
        QVERIFY(hooks.any(Watched::memory, CleanupStage::garbage));
        QVERIFY(!hooks.any(Watched::disk, CleanupStage::garbage));
        const auto done =
            hooks.run({1, Watched::memory, CleanupStage::caches, 100}, *systemClock());
        QCOMPARE(ran, (std::vector<std::string>{"cannot say", "half", "fails", "other half"}));
        QVERIFY(done.size() == 4);
        QVERIFY(!done[2].outcome.ok());
        QCOMPARE(done[2].outcome.error().message, std::string("not now"));
        QVERIFY(done[1].outcome.value() == 50U);
    }
    void aHookThatThrowsHasFailed()
    {
        CleanupHooks hooks;
        hooks.add({"thrower",
                   CleanupStage::garbage,
                   {Watched::disk},
                   [](const CleanupOrder&) -> CleanupOutcome { throw std::runtime_error("oh"); }});
        const auto done = hooks.run({1, Watched::disk, CleanupStage::garbage, 1}, *systemClock());
        QVERIFY(done.size() == 1 && !done[0].outcome.ok());
        QCOMPARE(done[0].outcome.error().message, std::string("oh"));
    }
    void whateverComesItNeverCleansUpTwiceAtOnceAndEndsCalm()
    {
        Rng rng(7);
        for (int round = 0; round < 200; ++round) {
            Watch watch;
            Duration now = 0s;
            std::optional<CleanupOrder> running;
            for (int step = 0; step < 300; ++step) {
                now += std::chrono::milliseconds(static_cast<int>(rng.uniform() * 400) - 20);
                watch.see(Watched::memory, rng.uniform() * 1.1, now);
                const auto orders = watch.manager.cleanups(at(now));
                QVERIFY(orders.size() <= 1);
                if (!orders.empty()) {
                    QVERIFY(!running);
                    QVERIFY(watch.manager.level() != Pressure::normal);
                    QVERIFY(orders[0].amount > 0);
                    running = orders[0];
                }
                if (running && rng.uniform() < 0.5) {
                    watch.manager.cleanedUp(*running, at(now));
                    running.reset();
                }
            }
            if (running) {
                watch.manager.cleanedUp(*running, at(now));
            }
            for (int i = 0; i < 100; ++i) {
                now += 1s;
                watch.see(Watched::memory, 0.1, now);
            }
            QVERIFY(watch.manager.level() == Pressure::normal);
            QVERIFY(watch.manager.cleanups(at(now)).empty());
        }
    }
    void aClockThatJumpsLeavesNothingStuck()
    {
        constexpr Duration kYear = std::chrono::hours(24 * 365);
        for (const Duration jump : {Duration(1s), Duration(1h), 10 * kYear}) {
            for (const Duration to : {1s + jump, 1s - jump}) {
                Watch watch;
                watch.see(Watched::memory, 0.97, 1s);
                watch.see(Watched::memory, 0.97, to);
                QVERIFY(watch.manager.level() == Pressure::critical);
                // From there on in seconds of the clock as it then goes.
                Duration now = to;
                for (int i = 0; i < 15; ++i) {
                    now += 1s;
                    watch.see(Watched::memory, 0.1, now);
                }
                QVERIFY2(watch.manager.level() == Pressure::normal,
                         qPrintable(QString("jump to %1 s").arg(to / 1s)));
            }
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ResourceManagerTest);
#include "resource_manager_test.moc"
