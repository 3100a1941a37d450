// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

/// Agents that give way to others, a breaker that opens, and a fault.
const char* const kLively = R"([workload]
name = "lively"
[[agents]]
name = "worker"
count = 40
action = "work"
lifetime = "3s"
[actions.work]
kind = "synthetic"
wait = { shape = "constant", mean = "1ms" }
fail = 0.8
service = "shop"
[services.shop]
breaker = { failure_rate = 0.5, minimum_calls = 20, window = "5s", open_for = "4s" }
[[load]]
model = "open"
stages = [{ for = "25s", to = "100/s" }, { for = "20s", to = "100/s" }]
[[faults]]
at = "5s"
for = "10s"
action = "work"
fault = "delay"
value = "5ms"
)";

QList<QJsonObject> jsonLines(const QByteArray& text)
{
    QList<QJsonObject> lines;
    for (const auto& line : text.split('\n')) {
        if (!line.isEmpty()) {
            lines.append(QJsonDocument::fromJson(line).object());
        }
    }
    return lines;
}

}  // namespace

/// What an engine was, rebuilt from what it recorded.
class StateTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyHashThatWasRecordedIsRebuilt();
    void aMomentShowsWhatWasThen();
    void theAgentsOfThenHaveTheirNames();
    void aMomentThatIsNoneIsRefused();

private:
    [[nodiscard]] Finished state(const QStringList& more) const
    {
        return musterctl(QStringList{"state", m_database} + more);
    }

    Scratch m_scratch;
    QString m_database;
};

void StateTest::initTestCase()
{
    m_database = m_scratch.path("lively.db");
    const auto ran = musterctl({"sim", m_scratch.write("lively.toml", kLively), "--seed", "5",
                                "--for", "45s", "--db", m_database});
    QVERIFY2(ran.code == 0, ran.all());
}

void StateTest::everyHashThatWasRecordedIsRebuilt()
{
    const auto recorded = jsonLines(
        musterctl({"events", "--db", m_database, "--type", "state.recorded", "--format", "jsonl"})
            .out);
    QVERIFY(recorded.size() >= 4);
    QSet<QString> hashes;
    for (const auto& event : recorded) {
        const auto then = state({"--at", event["time"].toString(), "--format", "json"});
        QVERIFY2(then.code == 0, then.all());
        const auto shown = then.lastJson();
        QCOMPARE(shown["proof"].toString(), QString("holds"));
        QCOMPARE(shown["recorded"].toString(), event["data"].toObject()["hash"].toString());
        hashes.insert(shown["recorded"].toString());
    }
    QCOMPARE(hashes.size(), recorded.size());
}

void StateTest::aMomentShowsWhatWasThen()
{
    const auto moves = jsonLines(
        musterctl({"events", "--db", m_database, "--type", "breaker.*", "--format", "jsonl"}).out);
    QVERIFY(moves.size() >= 2);
    for (qsizetype i = 0; i < 2; ++i) {
        const auto then = state({"--at", moves[i]["time"].toString(), "--format", "json"});
        const auto breakers = then.lastJson()["state"].toObject()["breakers"].toObject();
        QCOMPARE(breakers["shop"].toObject()["value"].toString(),
                 moves[i]["data"].toObject()["to"].toString());
    }
    const auto faults = [this](const char* at) {
        return state({"--at", at, "--format", "json"}).lastJson()["state"].toObject()["faults"];
    };
    QVERIFY(faults("4s").toObject().isEmpty());
    QCOMPARE(faults("6s").toObject()["work/delay"].toObject()["value"].toString(), QString("5ms"));
    QVERIFY(faults("16s").toObject().isEmpty());
}

void StateTest::theAgentsOfThenHaveTheirNames()
{
    const auto agents = jsonLines(state({"--at", "10s", "--agents", "--format", "json"}).out);
    QCOMPARE(agents.size(), 40);
    for (const auto& agent : agents) {
        QVERIFY(agent["name"].toString().startsWith("worker-"));
        QCOMPARE(agent["type"].toString(), QString("task"));
    }
    const auto later = jsonLines(state({"--at", "20s", "--agents", "--format", "json"}).out);
    QCOMPARE(later.size(), 40);
    QVERIFY(later != agents);                    // others took their places
    QVERIFY(state({"--agents"}).out.isEmpty());  // in the end nobody lives
}

void StateTest::aMomentThatIsNoneIsRefused()
{
    const auto nonsense = state({"--at", "yesterday"});
    QCOMPARE(nonsense.code, 2);
    QVERIFY2(nonsense.err.contains("such as 90s"), nonsense.all());
    const auto early = state({"--at", "1999-01-01"});
    QCOMPARE(early.code, 2);
    QVERIFY2(early.err.contains("no run of the session began before"), early.all());
    const auto none = musterctl({"state", m_database + ":7"});
    QCOMPARE(none.code, 2);
    QVERIFY2(none.err.contains("no run 7"), none.all());
}

MUSTER_TEST_CASE(StateTest);
#include "state_test.moc"
