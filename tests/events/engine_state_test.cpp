// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <map>
#include <string>
#include <vector>

#include "base/rng.h"
#include "events/engine_state.h"
#include "support/test_case.h"

namespace muster {

namespace {

using Part = EngineState::Part;

constexpr WallTime kAt{1'000};

struct Told {
    EventType type;
    Source source;
    Fields data;
};

void tell(EngineState& state, const Told& told, WallTime at = kAt)
{
    state.apply(told.type, told.source, told.data, at);
}

Told madeMany(const std::string& ids, std::int64_t ordinal = 0)
{
    return {EventType::agentCreated,
            Component::runtime,
            {{"agent_type", "task"}, {"name", "indexer"}, {"ordinal", ordinal}, {"ids", ids}}};
}

Told breaker(EventType type, const char* to)
{
    return {type, Component::calls, {{"service", "shop"}, {"to", to}}};
}

std::vector<std::string> living(const EngineState& state)
{
    std::vector<std::string> out;
    state.agents().visit([&out](const AgentRoll::Agent& agent) {
        out.push_back(toString(agent.id) + " " + agent.name +
                      (agent.suspended ? " suspended" : ""));
        return true;
    });
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

class EngineStateTest : public QObject {
    Q_OBJECT
private slots:
    void agentsMadeInOneGoHaveTheirNames()
    {
        EngineState state;
        tell(state, madeMany("4.1*2 2.3-2", 7));
        QCOMPARE(living(state),
                 (Names{"1.3 indexer-10", "2.3 indexer-9", "4.1 indexer-7", "5.1 indexer-8"}));
        QCOMPARE(state.agents().totals().live, std::uint64_t{4});
        QCOMPARE(state.agents().totals().created, std::uint64_t{4});
    }
    void theEndOfOneIsNotTheEndOfTheNextInItsSlot()
    {
        EngineState state;
        tell(state, madeMany("4.1"));
        tell(state, {EventType::agentCreated, AgentId{4, 2}, {{"name", "next"}}});
        tell(state, {EventType::agentEnded, AgentId{4, 1}, {}});
        QCOMPARE(living(state), (Names{"4.2 next"}));
        QCOMPARE(state.agents().totals().ended, std::uint64_t{1});
    }
    void whatEndedBeforeItsCreationWasToldStaysEnded()
    {
        EngineState state;
        tell(state, {EventType::agentEnded, AgentId{5, 1}, {}});
        tell(state, {EventType::agentSuspended, AgentId{6, 1}, {}});
        tell(state, madeMany("4.1*3"));
        QCOMPARE(living(state), (Names{"4.1 indexer-0", "6.1 indexer-2 suspended"}));
        QCOMPARE(state.agents().totals().suspended, std::uint64_t{1});
        QCOMPARE(state.agents().totals().live, std::uint64_t{2});
    }
    void aRegisteredNameTakesThePlaceOfTheFirst()
    {
        EngineState state;
        tell(state, madeMany("4.1*2"));
        tell(state, {EventType::agentUnregistered, AgentId{4, 1}, {{"name", "indexer-0"}}});
        tell(state, {EventType::agentRegistered, AgentId{5, 1}, {{"name", "chief"}}});
        QCOMPARE(living(state), (Names{"4.1 ", "5.1 chief"}));
    }
    void sessionsOfOldHaveTheFirstAndHowMany()
    {
        EngineState state;
        tell(state, {EventType::agentCreated,
                     Component::runtime,
                     {{"name", "a"}, {"count", 2}, {"first", "8.1"}}});
        QCOMPARE(living(state), (Names{"8.1 a-0", "9.1 a-1"}));
    }
    void aBreakerIsWhatItsLastMoveSays()
    {
        EngineState state;
        tell(state, breaker(EventType::breakerOpened, "open"), {5});
        tell(state, breaker(EventType::breakerHalfOpened, "half_open"), {6});
        tell(state, breaker(EventType::breakerOpened, "open"), {7});
        QCOMPARE(state.value(Part::breakers, "shop"), std::string_view("open"));
        QCOMPARE(state.part(Part::breakers).at("shop").since.nanoseconds, std::int64_t{7});
        QCOMPARE(state.value(Part::openings, "shop"), std::string_view("2"));
        QCOMPARE(state.value(Part::breakers, "none"), std::string_view());
    }
    void aTrialIsThereUntilItIsKeptOrTakenBack()
    {
        EngineState state;
        const Fields tried{{"limit", "limits.agents"}, {"before", "10"}, {"after", "20"}};
        tell(state, {EventType::limitTried, Component::limits, tried});
        QCOMPARE(state.value(Part::trial, "after"), std::string_view("20"));
        QCOMPARE(state.value(Part::limits, "limits.agents"), std::string_view("20"));
        tell(state, {EventType::limitReverted,
                     Component::limits,
                     {{"limit", "limits.agents"}, {"before", "20"}, {"after", "10"}}});
        QVERIFY(state.part(Part::trial).empty());
        QCOMPARE(state.value(Part::limits, "limits.agents"), std::string_view("10"));
    }
    void aFaultIsThereUntilItStops()
    {
        EngineState state;
        const Fields fault{{"action", "digest"}, {"fault", "delay"}, {"value", "5ms"}};
        tell(state, {EventType::faultStarted, Component::actions, fault});
        QCOMPARE(state.value(Part::faults, "digest/delay"), std::string_view("5ms"));
        tell(state, {EventType::faultStopped, Component::actions, fault});
        QVERIFY(state.part(Part::faults).empty());
    }
    void everyDifferenceIsAnotherHash()
    {
        EngineState a;
        EngineState b;
        QCOMPARE(a.hash(), b.hash());
        tell(a, madeMany("4.1*3"));
        QVERIFY(a.hash() != b.hash());
        tell(b, madeMany("4.1*2"));
        tell(b, madeMany("7.1"));  // as many, but others
        QVERIFY(a.hash() != b.hash());
        const auto before = a.hash();
        tell(a, {EventType::agentSuspended, AgentId{4, 1}, {}});
        QVERIFY(a.hash() != before);
        tell(a, {EventType::agentResumed, AgentId{4, 1}, {}});
        QCOMPARE(a.hash(), before);
        tell(a, {EventType::captureChanged, Component::storage, {{"pattern", "x"}, {"to", "all"}}});
        QVERIFY(a.hash() != before);
    }
    void withAndWithoutNamesItIsTheSameState()
    {
        EngineState with;
        EngineState without(AgentRoll::Names::left);
        Rng rng(11);
        std::map<std::uint32_t, std::uint32_t> generations;
        std::vector<AgentId> alive;
        for (int i = 0; i < 5'000; ++i) {
            Told told{EventType::agentEnded, Component::runtime, {}};
            if (alive.empty() || rng.below(2) == 0) {
                const auto slot = static_cast<std::uint32_t>(rng.below(200));
                std::erase_if(alive, [slot](AgentId id) { return id.slot == slot; });
                const AgentId id{slot, ++generations[slot]};
                alive.push_back(id);
                told = madeMany(toString(id), i);
            } else {
                const auto index = rng.below(alive.size());
                told.source = alive[index];
                constexpr EventType kTypes[]{EventType::agentEnded, EventType::agentSuspended,
                                             EventType::agentResumed};
                told.type = kTypes[rng.below(3)];
                if (told.type == EventType::agentEnded) {
                    alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(index));
                }
            }
            tell(with, told);
            tell(without, told);
            QCOMPARE(with.agents().totals().live, alive.size());
        }
        QCOMPARE(with.hashText(), without.hashText());
        QCOMPARE(living(with).size(), alive.size());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EngineStateTest);
#include "engine_state_test.moc"
