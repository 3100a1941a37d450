// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "protection/admission.h"
#include "support/test_case.h"

namespace muster {

class AdmissionTest : public QObject {
    Q_OBJECT
private slots:
    void withoutLimitsEverythingIsAdmittedAndCounted()
    {
        Admission admission;
        QVERIFY(admission.admit(1'000'000, 256'000'000).ok());
        QCOMPARE(admission.agents(), std::uint64_t{1'000'000});
        QCOMPARE(admission.memory(), std::uint64_t{256'000'000});
        admission.release(1'000'000, 256'000'000);
        QCOMPARE(admission.agents(), std::uint64_t{0});
    }
    void theAgentLimitIsNamedWithItsKey()
    {
        Admission admission({10, {}});
        QVERIFY(admission.admit(8, 0).ok());
        const auto refused = admission.admit(3, 0);
        QVERIFY(refused.error().code == ErrorCode::overloaded);
        QCOMPARE(refused.error().text(),
                 std::string("limits.agents: 3 agents are too many: the limit is 10 and 8 live. "
                             "Raise limits.agents or stop agents first"));
        QCOMPARE(admission.agents(), std::uint64_t{8});
        QVERIFY(admission.admit(2, 0).ok());
        QCOMPARE(admission.refusedByAgents(), std::uint64_t{3});
    }
    void theMemoryLimitCountsWhatWasMeasuredAndWhatCameSince()
    {
        Admission admission({{}, 10 << 20});
        admission.memoryMeasured(9 << 20);
        QVERIFY(admission.admit(2, 1 << 20).ok());
        const auto refused = admission.admit(1, 1 << 20);
        QCOMPARE(refused.error().where, std::string("limits.memory"));
        QCOMPARE(refused.error().message,
                 std::string("1 agents would take 1.0 MiB: the limit is 10.0 MiB and about "
                             "10.0 MiB are in use"));
        QCOMPARE(admission.agents(), std::uint64_t{2});
        admission.memoryMeasured(5 << 20);
        QVERIFY(admission.admit(1, 1 << 20).ok());
        admission.release(3, 7 << 20);  // more than was estimated: no underflow
        QCOMPARE(admission.memory(), std::uint64_t{0});
    }
    void asManyAsThereIsRoomForMayBeTaken()
    {
        Admission admission({100, 1'000});
        QCOMPARE(admission.admitUpTo(30, 10), std::uint64_t{30});
        QCOMPARE(admission.admitUpTo(80, 20), std::uint64_t{35});  // 700 bytes are left
        QCOMPARE(admission.agents(), std::uint64_t{65});
        QCOMPARE(admission.memory(), std::uint64_t{1'000});
        QCOMPARE(admission.admitUpTo(1, 1), std::uint64_t{0});
        QCOMPARE(admission.admitUpTo(50, 0), std::uint64_t{35});
        QCOMPARE(admission.refusedByAgents(), std::uint64_t{25});
        QCOMPARE(admission.refusedByMemory(), std::uint64_t{36});
    }
    void aLoweredLimitStopsNothingAndAdmitsNoMore()
    {
        Admission admission({100, {}});
        QVERIFY(admission.admit(50, 0).ok());
        admission.setLimits({20, {}});
        QCOMPARE(admission.limits().agents, std::optional<std::uint64_t>(20));
        QVERIFY(!admission.admit(1, 0).ok());
        QCOMPARE(admission.admitUpTo(1, 0), std::uint64_t{0});
        QCOMPARE(admission.agents(), std::uint64_t{50});
        admission.release(31, 0);
        QVERIFY(admission.admit(1, 0).ok());
    }
    void underCriticalPressureNothingIsAdmitted()
    {
        Admission admission;
        admission.setPressure(Pressure::severe);
        QVERIFY(admission.admit(1, 0).ok());
        admission.setPressure(Pressure::critical);
        QVERIFY(admission.admit(5, 0).error().code == ErrorCode::overloaded);
        QCOMPARE(admission.admitUpTo(5, 0), std::uint64_t{0});
        QCOMPARE(admission.refusedByPressure(), std::uint64_t{10});
        admission.setPressure(Pressure::normal);
        QVERIFY(admission.admit(1, 0).ok());
    }
    void manyThreadsNeverOverrunTheLimits()
    {
        constexpr std::uint64_t kLimit = 1'000;
        Admission admission({kLimit, kLimit * 10});
        std::atomic<std::uint64_t> most{0};
        std::vector<std::thread> threads;
        for (std::uint64_t t = 0; t < 4; ++t) {
            threads.emplace_back([&admission, &most, t] {
                Rng rng(t);
                std::uint64_t held = 0;
                for (int i = 0; i < 20'000; ++i) {
                    const std::uint64_t wanted = 1 + rng.below(200);
                    if (i % 2 == 0) {
                        held += admission.admit(wanted, wanted * 12).ok() ? wanted : 0;
                    } else {
                        held += admission.admitUpTo(wanted, 12);
                    }
                    const std::uint64_t seen = admission.agents();
                    if (seen > most.load()) {
                        most.store(seen);
                    }
                    const std::uint64_t back = rng.below(held + 1);
                    admission.release(back, back * 12);
                    held -= back;
                }
                admission.release(held, held * 12);
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(most.load() > 0 && most.load() <= kLimit);
        QCOMPARE(admission.agents(), std::uint64_t{0});
        QCOMPARE(admission.memory(), std::uint64_t{0});
    }
    void theHarderThePressureTheFewerWorkersMakeAgentsAtOnce()
    {
        Admission admission;
        const auto atOnce = [&admission](Pressure level) {
            admission.setPressure(level);
            return std::vector<std::uint32_t>{admission.atOnce(1), admission.atOnce(2),
                                              admission.atOnce(7), admission.atOnce(64)};
        };
        QVERIFY(atOnce(Pressure::normal) == (std::vector<std::uint32_t>{1, 2, 7, 64}));
        QVERIFY(atOnce(Pressure::elevated) == (std::vector<std::uint32_t>{1, 1, 4, 32}));
        QVERIFY(atOnce(Pressure::severe) == (std::vector<std::uint32_t>{1, 1, 1, 1}));
        QVERIFY(atOnce(Pressure::critical) == (std::vector<std::uint32_t>{1, 1, 1, 1}));
        QVERIFY(atOnce(Pressure::normal) == (std::vector<std::uint32_t>{1, 2, 7, 64}));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::AdmissionTest);
#include "admission_test.moc"
