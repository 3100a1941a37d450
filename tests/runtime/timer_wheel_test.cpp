// SPDX-License-Identifier: Apache-2.0
#include "runtime/timer_wheel.h"

#include <QtTest/QtTest>
#include <map>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "support/test_case.h"

namespace muster {

class TimerWheelTest : public QObject {
    Q_OBJECT

    static constexpr std::int64_t kMillisecond = 1'000'000;

private slots:
    void aTimerFiresAtItsDeadlineAndNotBefore()
    {
        TimerWheel wheel;
        TimerNode node;
        wheel.insert(node, MonoTime{5 * kMillisecond + 1});
        QVERIFY(wheel.expired(MonoTime{5 * kMillisecond}) == nullptr);
        QVERIFY(wheel.expired(MonoTime{5 * kMillisecond + 1}) == &node);
        QVERIFY(!node.pending());
        QCOMPARE(wheel.size(), std::size_t{0});
    }
    void aDeadlineInThePastFiresAtOnce()
    {
        TimerWheel wheel(MonoTime{1000 * kMillisecond});
        TimerNode node;
        wheel.insert(node, MonoTime{1});
        QCOMPARE(wheel.earliest(), std::optional(MonoTime{1}));
        QVERIFY(wheel.expired(MonoTime{1000 * kMillisecond}) == &node);
    }
    void aCancelledTimerDoesNotFire()
    {
        TimerWheel wheel;
        TimerNode kept;
        TimerNode gone;
        wheel.insert(gone, MonoTime{kMillisecond});
        wheel.insert(kept, MonoTime{kMillisecond});
        wheel.cancel(gone);
        wheel.cancel(gone);
        QCOMPARE(wheel.size(), std::size_t{1});
        QVERIFY(wheel.expired(MonoTime{kMillisecond}) == &kept);
        QVERIFY(wheel.expired(MonoTime{kMillisecond}) == nullptr);
    }
    void timersOfOneTickFireInTheOrderTheyWereSet()
    {
        TimerWheel wheel;
        std::vector<std::unique_ptr<TimerNode>> nodes;
        for (int i = 0; i < 10; ++i) {
            nodes.push_back(std::make_unique<TimerNode>());
            wheel.insert(*nodes.back(), MonoTime{100'000 * kMillisecond});
        }
        for (const auto& node : nodes) {
            QVERIFY(wheel.expired(MonoTime{100'000 * kMillisecond}) == node.get());
        }
    }
    void aDeadlineCenturiesAwayIsKept()
    {
        TimerWheel wheel;
        TimerNode node;
        wheel.insert(node, MonoTime{INT64_MAX});
        QVERIFY(wheel.expired(MonoTime{INT64_MAX - 1}) == nullptr);
        QCOMPARE(wheel.earliest(), std::optional(MonoTime{INT64_MAX}));
        QVERIFY(wheel.expired(MonoTime{INT64_MAX}) == &node);
    }
    void itAgreesWithASortedMapOverRandomHistories()
    {
        for (std::uint64_t seed = 1; seed <= 30; ++seed) {
            agreesWithMap(seed);
        }
    }

private:
    // Spans from nanoseconds to days, so that every level is used.
    static MonoTime drawDeadline(Rng& rng, MonoTime now)
    {
        const std::uint64_t span = std::uint64_t{1} << (10 + rng.below(38));
        return now + Duration(static_cast<std::int64_t>(rng.below(span)));
    }

    static void agreesWithMap(std::uint64_t seed)
    {
        Rng rng(seed);
        MonoTime now{static_cast<std::int64_t>(rng.below(1ULL << 40))};
        TimerWheel wheel(now);
        std::vector<std::unique_ptr<TimerNode>> nodes;
        std::multimap<MonoTime, TimerNode*> model;
        for (int step = 0; step < 2000; ++step) {
            if (rng.below(3) != 0) {
                nodes.push_back(std::make_unique<TimerNode>());
                const MonoTime deadline = drawDeadline(rng, now);
                wheel.insert(*nodes.back(), deadline);
                model.emplace(deadline, nodes.back().get());
            } else if (!model.empty() && rng.below(3) == 0) {
                auto victim = model.begin();
                std::advance(victim, rng.below(model.size()));
                wheel.cancel(*victim->second);
                model.erase(victim);
            } else {
                now = rng.below(2) == 0 && !model.empty() ? model.begin()->first
                                                          : drawDeadline(rng, now);
                fire(wheel, model, now);
            }
            QCOMPARE(wheel.size(), model.size());
            const auto earliest = wheel.earliest();
            QCOMPARE(earliest.has_value(), !model.empty());
            if (earliest) {
                QCOMPARE(*earliest, model.begin()->first);
            }
        }
    }

    static void fire(TimerWheel& wheel, std::multimap<MonoTime, TimerNode*>& model, MonoTime now)
    {
        std::size_t due = 0;
        for (const auto& [deadline, node] : model) {
            due += deadline <= now ? 1 : 0;
        }
        for (; due != 0; --due) {
            TimerNode* node = wheel.expired(now);
            QVERIFY(node != nullptr);
            QVERIFY(node->deadline <= now);
            const auto [from, to] = model.equal_range(node->deadline);
            const auto entry =
                std::find_if(from, to, [node](const auto& each) { return each.second == node; });
            QVERIFY(entry != to);
            model.erase(entry);
        }
        QVERIFY(wheel.expired(now) == nullptr);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::TimerWheelTest);
#include "timer_wheel_test.moc"
