// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <vector>

#include "base/rng.h"
#include "events/agent_runs.h"
#include "support/test_case.h"

namespace muster {

namespace {

std::vector<AgentId> read(std::string_view text, bool* whole = nullptr)
{
    std::vector<AgentId> ids;
    const bool done = visitAgentRuns(text, [&ids](const AgentRun& run) {
        for (std::uint32_t i = 0; i < run.count; ++i) {
            ids.push_back(run.at(i));
        }
    });
    if (whole != nullptr) {
        *whole = done;
    }
    return ids;
}

}  // namespace

class AgentRunsTest : public QObject {
    Q_OBJECT
private slots:
    void slotsThatFollowEachOtherAreOneRun()
    {
        std::vector<AgentId> ids;
        for (std::uint32_t slot = 0x1a2f; slot < 0x1a2f + 17; ++slot) {
            ids.push_back({slot, 3});
        }
        ids.push_back({0x20, 1});
        for (std::uint32_t i = 0; i < 5; ++i) {
            ids.push_back({0x40 - i, 2});
        }
        const AgentRunsText text = agentRunsText(ids);
        QCOMPARE(text.text, std::string("1a2f.3*17 20.1 40.2-5"));
        QCOMPARE(text.agents, ids.size());
        QCOMPARE(read(text.text), ids);
    }
    void anotherGenerationIsAnotherRun()
    {
        const std::vector<AgentId> ids{{1, 1}, {2, 2}, {3, 2}};
        QCOMPARE(agentRunsText(ids).text, std::string("1.1 2.2*2"));
    }
    void noneAreNoText()
    {
        QCOMPARE(agentRunsText({}).text, std::string());
        QCOMPARE(agentRunsText({}).agents, std::size_t{0});
    }
    void anyIdsReadBackInTheirOrderTextByText()
    {
        Rng rng(7);
        std::vector<AgentId> ids;
        while (ids.size() < 20'000) {
            AgentId at{static_cast<std::uint32_t>(rng.below(100'000)) + 50,
                       static_cast<std::uint32_t>(rng.below(3)) + 1};
            const auto length = rng.below(4) == 0 ? rng.below(40) + 1 : 1;
            const bool down = rng.below(2) == 0;
            for (std::uint64_t i = 0; i < length; ++i) {
                ids.push_back(at);
                down ? --at.slot : ++at.slot;
            }
        }
        std::vector<AgentId> back;
        std::size_t texts = 0;
        for (std::span<const AgentId> left = ids; !left.empty(); ++texts) {
            const AgentRunsText text = agentRunsText(left);
            QVERIFY(text.agents > 0);
            const auto some = read(text.text);
            QCOMPARE(some.size(), text.agents);
            back.insert(back.end(), some.begin(), some.end());
            left = left.subspan(text.agents);
        }
        QVERIFY(texts > 1);
        QCOMPARE(back, ids);
    }
    void whatIsNoTextOfRunsIsSaid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no id") << QByteArray("hello");
        QTest::newRow("no count") << QByteArray("1.1*");
        QTest::newRow("none") << QByteArray("1.1*0");
        QTest::newRow("below the first slot") << QByteArray("3.1-5");
        QTest::newRow("past the last slot") << QByteArray("ffffffff.1*2");
        QTest::newRow("more behind") << QByteArray("1.1*2x");
        QTest::newRow("two blanks") << QByteArray("1.1  2.1");
    }
    void whatIsNoTextOfRunsIsSaid()
    {
        QFETCH(QByteArray, text);
        bool whole = true;
        (void)read(text.toStdString(), &whole);
        QVERIFY(!whole);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::AgentRunsTest);
#include "agent_runs_test.moc"
