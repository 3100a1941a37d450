// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include "support/test_case.h"

namespace muster::tests {

/// The benches as a program. How fast they are is nothing for a test.
class BenchTest : public QObject {
    Q_OBJECT

private slots:
    void everyRowHasItsNameAndSaysWhatItDoes()
    {
        QCOMPARE(run({"--list"}), 0);
        QStringList names;
        for (const QByteArray& line : m_out.split('\n')) {
            if (!line.isEmpty()) {
                QVERIFY2(line.simplified().contains(' '), line.constData());
                names << QString::fromUtf8(line.left(line.indexOf(' ')));
            }
        }
        // As the goals name them.
        for (const char* name : {"create_keep",
                                 "bytes_per_agent",
                                 "stop",
                                 "create_message_gone",
                                 "one_to_one",
                                 "ping_pong",
                                 "ring",
                                 "fan_out_1000",
                                 "directory_by_id",
                                 "directory_by_name",
                                 "ask_agent",
                                 "ask_outside",
                                 "event_awaited",
                                 "event_stream",
                                 "pattern_match_1000",
                                 "startup",
                                 "load",
                                 "event_stress",
                                 "agent_lifecycle",
                                 "breaker_call",
                                 "limiter_try",
                                 "clock_read",
                                 "atomic_increment",
                                 "export_metrics_1m",
                                 "memory_growth"}) {
            QVERIFY2(names.contains(QLatin1String(name)), name);
        }
        for (const char* family :
             {"agent_creation/", "event_throughput/", "event_propagation/", "memory_scaling/",
              "registry/", "registry_scaling/", "batch/", "recovery/"}) {
            QVERIFY2(names.filter(QLatin1String(family)).size() >= 2, family);
        }
        names.removeDuplicates();
        QCOMPARE(names.size(), m_out.count('\n'));
    }

    void figuresAreWrittenWithTheMachineTheyComeFrom()
    {
        const QTemporaryDir directory;
        const QString file = directory.filePath("figures.json");
        QCOMPARE(
            run({"--quick", "--only", "^(ring|bytes_per_agent|fan_out_1000)$", "--json", file}), 0);
        QFile json(file);
        QVERIFY(json.open(QIODevice::ReadOnly));
        const QJsonObject all = QJsonDocument::fromJson(json.readAll()).object();
        QVERIFY(all["machine"].toString().contains("cores"));
        QCOMPARE(all["quick"].toBool(), true);
        const QJsonArray rows = all["rows"].toArray();
        QCOMPARE(rows.size(), 3);
        for (const auto& value : rows) {
            const QJsonObject row = value.toObject();
            QVERIFY(row["ns_per_op"].toDouble() > 0);
            QVERIFY(row["ops"].toDouble() > 0);
            QCOMPARE(row["runs_ns_per_op"].toArray().size(), 1);
        }
        const QJsonObject bytes = rows[0].toObject();
        QCOMPARE(bytes["name"].toString(), QStringLiteral("bytes_per_agent"));
        QVERIFY(bytes["bytes"].toDouble() > 64);
        const QJsonObject ring = rows[1].toObject();
        QVERIFY(ring["p50_ns"].toDouble() <= ring["p99_ns"].toDouble());
        QVERIFY(ring["p99_ns"].toDouble() <= ring["max_ns"].toDouble());
        QVERIFY(m_out.contains("bytes_per_agent"));
    }

    void wrongUseIsToldAndExitsWith2_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("no such row")
            << QStringList{"--only", "nothing_like_it"} << QByteArray("--list names them");
        QTest::newRow("expression") << QStringList{"--only", "("} << QByteArray("no regular");
        QTest::newRow("file") << QStringList{"--only", "ring", "--json", "/no/such/dir/x.json"}
                              << QByteArray("/no/such/dir/x.json");
        QTest::newRow("option") << QStringList{"--fast"} << QByteArray("--fast");
    }
    void wrongUseIsToldAndExitsWith2()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, sentence);
        QCOMPARE(run(arguments), 2);
        QVERIFY2(m_error.contains(sentence), m_error.constData());
        QCOMPARE(m_out, QByteArray());
    }

private:
    int run(const QStringList& arguments)
    {
        QProcess bench;
        bench.start(QStringLiteral(MUSTER_BINARY_DIR "/bin/muster_bench"), arguments);
        if (!bench.waitForFinished(kPatienceMs)) {
            return -1;
        }
        m_out = bench.readAllStandardOutput();
        m_error = bench.readAllStandardError();
        return bench.exitStatus() == QProcess::NormalExit ? bench.exitCode() : -1;
    }

    static constexpr int kPatienceMs = 240'000;
    QByteArray m_out;
    QByteArray m_error;
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::BenchTest);
#include "bench_test.moc"
