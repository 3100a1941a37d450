// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>

#include "program.h"
#include "support/test_case.h"
#include "support/web/web_server.h"

using namespace muster::tests;

namespace {

constexpr const char* kStandIn = MUSTER_SOURCE_DIR "/resources/examples/chat_stand_in.py";

/// The stand-in, asked by others than Muster.
class StandIn {
public:
    StandIn() : m_process("python3", {kStandIn, "0"}), m_port(m_process.readLine()) {}

    [[nodiscard]] QByteArray base() const { return "http://127.0.0.1:" + m_port + "/v1"; }
    /// What it answers to this.
    [[nodiscard]] QString answer(const QString& system, const QString& prompt) const
    {
        const QJsonObject asked{
            {"model", "stand-in"},
            {"messages", QJsonArray{QJsonObject{{"role", "system"}, {"content", system}},
                                    QJsonObject{{"role", "user"}, {"content", prompt}}}}};
        const auto reply =
            program("curl", {"-s", "-d", QJsonDocument(asked).toJson(QJsonDocument::Compact),
                             base() + "/chat/completions"});
        return QJsonDocument::fromJson(reply.out)["choices"][0]["message"]["content"].toString();
    }
    [[nodiscard]] QJsonObject counts() const
    {
        const auto reply = program("curl", {"-s", base() + "/counts"});
        return QJsonDocument::fromJson(reply.out).object();
    }

private:
    ServerProcess m_process;
    QByteArray m_port;
};

/// A run with one llm action.
class Asked {
public:
    Asked(const StandIn& server, const QByteArray& model, const QByteArray& more = {},
          const QByteArray& items = "{\"q\":\"what is remarkable about \\\"quotes\\\"?\"}",
          const QByteArray& service = {})
    {
        const auto input = m_scratch.write("items.jsonl", items);
        const auto file = m_scratch.write(
            "llm.toml",
            "[workload]\nname='llm'\n[[agents]]\nname='a'\ncount=1\naction='ask'\n"
            "[actions.ask]\nkind='llm'\nprompt='{item.q}'\nmodel='" +
                model + "'\nurl='" + server.base() + "'\n" + more +
                "\n[input]\nkind='jsonl'\npath='" + input.toUtf8() + "'\n" + service);
        finished = musterctl(
            {"run", file, "--trust", "--db", m_scratch.path("llm.db"), "--format", "jsonl"});
    }
    [[nodiscard]] QList<QByteArrayList> exported(const QString& what) const
    {
        const auto out =
            musterctl({"export", what, "--db", m_scratch.path("llm.db"), "--format", "csv"});
        auto rows = parseCsv(out.out);
        if (!rows.isEmpty()) {
            rows.removeFirst();
        }
        return rows;
    }
    [[nodiscard]] QByteArray error() const { return exported("errors").value(0).join(','); }
    [[nodiscard]] QByteArray session() const
    {
        QFile file(m_scratch.path("llm.db"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    Finished finished;

private:
    Scratch m_scratch;
};

}  // namespace

/// Workloads whose agents ask a language model, on the stand-in.
class ResearchTest : public QObject {
    Q_OBJECT
private slots:
    void eachTopicGoesThroughTheWholePipeline()
    {
        const Scratch scratch;
        const auto run = program(QStringLiteral(MUSTER_BINARY_DIR "/bin/musterctl"),
                                 {"run", "resources/workloads/research.toml", "--trust", "--db",
                                  scratch.path("research.db"), "--format", "jsonl"},
                                 QStringLiteral(MUSTER_SOURCE_DIR));
        QVERIFY2(run.code == 0, run.all());
        QCOMPARE(run.lastJson()["ok"].toInt(), 18);

        const auto out = musterctl(
            {"export", "results", "--db", scratch.path("research.db"), "--format", "csv"});
        QStringList reports;
        for (const auto& row : parseCsv(out.out)) {
            reports << QString::fromUtf8(row.at(0));
        }
        const StandIn model;
        QFile topics(QStringLiteral(MUSTER_SOURCE_DIR "/resources/examples/topics.jsonl"));
        QVERIFY(topics.open(QIODevice::ReadOnly));
        for (const auto& line : topics.readAll().trimmed().split('\n')) {
            const auto topic = QJsonDocument::fromJson(line)["topic"].toString();
            const auto collected = model.answer(
                "You are a careful scout. You name facts, and say which you are not "
                "sure of.",
                "What should be known about " + topic + "?");
            const auto weighed =
                model.answer("You are an analyst. You keep what matters and drop the rest.",
                             "Weigh this about " + topic + ": " + collected);
            const auto report =
                model.answer("You are a writer. You write one paragraph, plainly.",
                             "Write a report on " + topic + ". The analysis: " + weighed);
            QVERIFY(!report.isEmpty());
            QVERIFY2(reports.contains(collected), qPrintable(collected));
            QVERIFY2(reports.contains(weighed), qPrintable(weighed));
            QVERIFY2(reports.contains(report), qPrintable(report));
        }
    }
    void anAnswerIsTheSameHoweverItIsSent_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QByteArray>("counted");
        QTest::newRow("in pieces")
            << QByteArray("stand-in") << QByteArray() << QByteArray("server");
        QTest::newRow("whole") << QByteArray("stand-in") << QByteArray("stream=false")
                               << QByteArray("server");
        QTest::newRow("whole though asked for pieces")
            << QByteArray("whole") << QByteArray() << QByteArray("server");
        QTest::newRow("not counted")
            << QByteArray("uncounted") << QByteArray() << QByteArray("pieces");
    }
    void anAnswerIsTheSameHoweverItIsSent()
    {
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, more);
        QFETCH(QByteArray, counted);
        const StandIn server;
        const Asked asked(server, model, more);
        QVERIFY2(asked.finished.code == 0, asked.finished.all());
        const auto row = asked.exported("results").value(0);
        const auto expected = server.answer("", "what is remarkable about \"quotes\"?");
        QCOMPARE(QString::fromUtf8(row.value(0)), expected);
        QCOMPARE(row.value(1), model);
        QCOMPARE(row.value(2), QByteArray("stop"));
        QCOMPARE(row.value(4).toInt(), static_cast<int>(expected.split(' ').size()));
        QCOMPARE(row.value(5), counted);
    }
    void aBusyServerIsAskedAgainWhenItSaid()
    {
        const StandIn server;
        const Asked asked(server, "busy", "service='m'", "{\"q\":\"hello there\"}",
                          "[services.m]\nretry={attempts=2,base='1ms'}\n");
        QVERIFY2(asked.finished.code == 0, asked.finished.all());
        QCOMPARE(asked.finished.lastJson()["ok"].toInt(), 1);
        QVERIFY(asked.finished.lastJson()["p50_ns"].toDouble() >= 1e9);
        QCOMPARE(server.counts()["requests"].toInt(), 2);
    }
    void whatGoesWrongIsSaid_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("broken") << QByteArray("broken") << QByteArray(",network,")
                                << QByteArray("");
        QTest::newRow("busy") << QByteArray("busy") << QByteArray(",rejected,")
                              << QByteArray("too busy");
        QTest::newRow("refusing") << QByteArray("refusing") << QByteArray(",ignored,")
                                  << QByteArray("I will not answer that");
    }
    void whatGoesWrongIsSaid()
    {
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, failure);
        QFETCH(QByteArray, says);
        const StandIn server;
        const Asked asked(server, model);
        QVERIFY2(asked.error().contains(failure), asked.error());
        QVERIFY2(asked.error().contains(says), asked.error());
    }
    void anAnswerWithoutEndIsStoppedWhereTheBudgetEnds()
    {
        const StandIn server;
        const Asked asked(server, "endless", "run_tokens=500");
        QCOMPARE(asked.finished.lastJson()["failed"].toInt(), 1);
        QVERIFY2(asked.error().contains("the run's budget of 500 tokens is spent"), asked.error());
    }
    void anAgentThatSpentItsBudgetAsksNoMore()
    {
        const StandIn server;
        QByteArray items;
        for (int i = 0; i < 10; ++i) {
            items += "{\"q\":\"one two three four five " + QByteArray::number(i) + "\"}\n";
        }
        // Six words asked and about eleven answered: the third call finds 30 spent.
        const Asked asked(server, "stand-in", "agent_tokens=30", items);
        QCOMPARE(asked.finished.lastJson()["ok"].toInt(), 2);
        QCOMPARE(asked.finished.lastJson()["failed"].toInt(), 8);
        QVERIFY2(asked.error().contains("the agent's budget of 30 tokens is spent"), asked.error());
        QCOMPARE(server.counts()["requests"].toInt(), 2);
    }
    void itsKeyIsSentAndNeverShown()
    {
        const StandIn server;
        qputenv("MUSTER_TEST_KEY", "very-s3cret-key");
        const Asked asked(server, "stand-in", "headers={authorization='Bearer $MUSTER_TEST_KEY'}");
        qunsetenv("MUSTER_TEST_KEY");
        QVERIFY2(asked.finished.code == 0, asked.finished.all());
        QCOMPARE(server.counts()["authorization"].toString(), QString("Bearer very-s3cret-key"));
        QVERIFY(!asked.session().contains("s3cret"));
    }
    void aStageStandsFurtherDown()
    {
        const Scratch scratch;
        const auto file =
            scratch.write("loop.toml",
                          "[workload]\nname='loop'\n[[agents]]\nname='a'\naction='w'\nthen='a'\n"
                          "[[agents]]\nname='b'\naction='w'\nthen='c'\n"
                          "[actions.w]\nkind='synthetic'\n");
        const auto checked = musterctl({"check", file});
        QCOMPARE(checked.code, 2);
        QVERIFY2(checked.err.contains("agents.0.then") && checked.err.contains("further down") &&
                     checked.err.contains("agents.1.then"),
                 checked.err);
    }
    void theSimulationRepeatsAPipeline()
    {
        const auto once = [] {
            const auto run = program(QStringLiteral(MUSTER_BINARY_DIR "/bin/musterctl"),
                                     {"sim", "resources/workloads/research.toml", "--seed", "5",
                                      "--for", "2min", "--format", "jsonl"},
                                     QStringLiteral(MUSTER_SOURCE_DIR));
            auto json = run.lastJson();
            json.remove("wall_ms");
            return json;
        };
        const auto first = once();
        QVERIFY(first["ok"].toInt() > 100);
        QCOMPARE(once(), first);
    }
};

MUSTER_TEST_CASE(ResearchTest);
#include "research_test.moc"
