// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <set>

#include "support/test_case.h"
#include "workload/load_fixture.h"

namespace muster {

namespace {

using namespace std::chrono_literals;
using tests::LoadFixture;

LoadFixture::Options mortal(std::uint64_t agents, Duration lifetime, double rate)
{
    LoadFixture::Options options;
    options.agents = agents;
    options.lifetime = lifetime;
    options.load.model = ArrivalModel::open;
    options.load.start = rate;
    return options;
}

/// At most so many agents in all, for a simulation's one thread.
class Door final : public AgentAdmission {
public:
    explicit Door(std::uint64_t most) : m_most(most) {}
    Result<void> admit(std::uint64_t agents, std::uint64_t) override
    {
        if (m_live + agents > m_most) {
            return Error{ErrorCode::overloaded, "the door is shut", "", ""};
        }
        m_live += agents;
        return {};
    }
    void release(std::uint64_t agents, std::uint64_t) noexcept override { m_live -= agents; }
    void open(std::uint64_t most) { m_most = most; }

private:
    std::uint64_t m_most;
    std::uint64_t m_live = 0;
};

std::set<std::string> namesOf(Runtime& runtime)
{
    std::set<std::string> names;
    runtime.directory().forEach([&names](const DirectoryEntry& entry) {
        names.insert(entry.name());
        return true;
    });
    return names;
}

}  // namespace

class AgentRenewalTest : public QObject {
    Q_OBJECT
private slots:
    void eachLivesItsLifetimeAndIsFollowedByAnother()
    {
        LoadFixture load(mortal(10, 1s, 0));
        load.start();
        load.run(10s);
        const auto counts = load.runtime().directory().counts();
        // Ten a second, after the first second in which the first ones' ends are spread.
        QVERIFY2(counts.created >= 10 + 98 && counts.created <= 10 + 100,
                 qPrintable(QString::number(counts.created)));
        QVERIFY(counts.live == 10);
        for (const auto& name : namesOf(load.runtime())) {
            QVERIFY2(std::stoi(name.substr(name.find('-') + 1)) > 90, name.c_str());
        }
    }
    void withoutALifetimeAllStay()
    {
        LoadFixture load(mortal(10, Duration::zero(), 100));
        load.start();
        load.run(100s);
        QCOMPARE(load.runtime().directory().counts().created, std::uint64_t{10});
    }
    void noJobIsLostOrDroppedByIt()
    {
        auto options = mortal(20, 500ms, 200);
        options.parameters = "wait={shape='exponential',mean='20ms'}";
        LoadFixture load(options);
        load.start();
        load.run(60s);
        load.generator->hold(0);
        load.run(10s);
        const auto figures = load.figures();
        QVERIFY(figures.offered > 11'000);
        QCOMPARE(figures.dropped, std::uint64_t{0});
        QCOMPARE(figures.achieved, figures.offered);
        for (const auto& row : load.outcomes.rows()) {
            QVERIFY2(row.failure.empty(), row.failure.c_str());
        }
        QVERIFY(load.runtime().directory().counts().ended > 2'000);
    }
    void oneThatWorksIsNotEndedBeforeItsWorkIs()
    {
        auto options = mortal(1, 100ms, 1);
        options.queue = 1;
        options.parameters = "wait={shape='constant',mean='5s'}";
        LoadFixture load(options);
        load.start();
        load.run(60s);
        const auto figures = load.figures();
        QVERIFY2(figures.achieved >= 8, qPrintable(QString::number(figures.achieved)));
        QVERIFY(load.runtime().directory().counts().ended >= figures.achieved - 1);
    }
    void theLoadGoesOnWhileTheOnlyAgentIsReplaced()
    {
        LoadFixture load(mortal(1, 100ms, 100));
        load.start();
        load.run(20s);
        QVERIFY(load.finished().empty());
        const auto figures = load.figures();
        QCOMPARE(figures.dropped, std::uint64_t{0});
        const auto ended = load.runtime().directory().counts().ended;
        QVERIFY2(ended >= 190, qPrintable(QString::number(ended)));
    }
    void oneStoppedByHandHasNoSuccessor()
    {
        LoadFixture load(mortal(10, 1s, 100));
        load.start();
        QVERIFY(load.runtime().stop(load.ids[3]).ok());
        load.run(10s);
        QCOMPARE(load.runtime().directory().counts().live, std::uint64_t{9});
    }
    void aRefusedSuccessorIsMadeAsSoonAsItMay()
    {
        Door door(10);
        auto options = mortal(10, 1s, 100);
        options.admission = &door;
        LoadFixture load(options);
        load.start();
        load.run(3s);
        QCOMPARE(load.runtime().directory().counts().created, std::uint64_t{10});
        const auto figures = load.figures();
        door.open(15);
        load.run(10s);
        QVERIFY(load.runtime().directory().counts().created >= 100);
        QVERIFY(load.figures().achieved > figures.achieved + 900);
    }
    void theSameSeedGivesTheSameLives()
    {
        const auto run = [] {
            auto options = mortal(7, 300ms, 150);
            options.parameters = "fail=1.0\nwait={shape='exponential',mean='30ms'}";
            LoadFixture load(options);
            load.start();
            load.run(20s);
            std::vector<std::pair<std::uint64_t, AgentId>> out;
            for (const auto& row : load.outcomes.rows()) {
                out.emplace_back(row.number, row.agent);
            }
            return out;
        };
        const auto first = run();
        QVERIFY(first.size() > 2'000);
        QVERIFY(first == run());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::AgentRenewalTest);
#include "agent_renewal_test.moc"
