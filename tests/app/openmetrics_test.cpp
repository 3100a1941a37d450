// SPDX-License-Identifier: Apache-2.0
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <cstdlib>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kWorkload = R"([workload]
name = "measured"
[[agents]]
name = "worker"
count = 20
action = "work"
[actions.work]
kind = "synthetic"
wait = { shape = "lognormal", mean = "4ms", deviation = "2ms" }
[[load]]
model = "open"
stages = [{ for = "40s", to = "200/s" }]
)";

/// "name{label,…}@milliseconds" to value.
using Points = QMap<QByteArray, double>;

/// As a reader of the format takes a time in seconds.
[[nodiscard]] QByteArray milliseconds(const QByteArray& seconds)
{
    return QByteArray::number(static_cast<qlonglong>(std::strtod(seconds, nullptr) * 1000));
}

[[nodiscard]] QByteArray key(const QByteArray& name, QByteArrayList labels, const QByteArray& at)
{
    std::sort(labels.begin(), labels.end());
    return name + '{' + labels.join(',') + "}@" + at;
}

/// Lines of `promtool tsdb dump`: {__name__="a", run="1"} 5 1767225600000
[[nodiscard]] Points readDump(const QByteArray& dump)
{
    Points points;
    for (const auto& line : dump.split('\n')) {
        const auto end = line.lastIndexOf('}');
        if (end < 0) {
            continue;
        }
        auto labels = line.mid(1, end - 1).split(',');
        const auto rest = line.mid(end + 2).split(' ');
        QByteArray name;
        for (auto& label : labels) {
            label = label.trimmed();
            if (label.startsWith("__name__=")) {
                name = label.mid(10, label.size() - 11);
            }
        }
        labels.removeIf([](const auto& label) { return label.startsWith("__name__="); });
        points.insert(key(name, labels, rest.value(1)), std::strtod(rest.value(0), nullptr));
    }
    return points;
}

/// The time of a JSON line as nanoseconds make it: seconds.fraction.
[[nodiscard]] QByteArray secondsOf(const QString& time)
{
    const auto whole = QDateTime::fromString(time.left(19) + QLatin1Char('Z'), Qt::ISODate);
    return QByteArray::number(whole.toSecsSinceEpoch()) + '.' + time.mid(20, 9).toLatin1();
}

struct Named {
    QByteArray name;
    double divisor;
};

/// The rules of the format once more, by hand.
[[nodiscard]] Named nameOf(const QJsonObject& row, bool counter)
{
    const auto metric = row["metric"].toString().toLatin1();
    const auto unit = row["unit"].toString();
    auto name = "muster_" + QByteArray(metric).replace('.', '_');
    const QByteArray suffix = unit == QLatin1String("ns")  ? "_seconds"
                              : unit == QLatin1String("B") ? "_bytes"
                              : unit == QLatin1String("%") ? "_ratio"
                                                           : "";
    name += name.endsWith(suffix) ? QByteArray() : suffix;
    return {counter ? name + "_total" : name, suffix == "_seconds" ? 1e9 : 1.0};
}

}  // namespace

/// What `export metrics --format openmetrics` writes, read by a real Prometheus.
class OpenMetricsTest : public QObject {
    Q_OBJECT

private slots:
    void prometheusReadsBackEveryValue();
};

void OpenMetricsTest::prometheusReadsBackEveryValue()
{
    const Scratch scratch;
    const auto database = scratch.path("run.db");
    const auto run = musterctl({"sim", scratch.write("w.toml", kWorkload), "--db", database});
    QVERIFY2(run.code == 0, run.all());
    const auto file = scratch.path("run.om");
    const auto written = musterctl(
        {"export", "metrics", "--db", database, "--format", "openmetrics", "--out", file});
    QVERIFY2(written.code == 0, written.all());
    const auto lines =
        musterctl({"export", "metrics", "--db", database, "--format", "jsonl"}).out.split('\n');

    const auto blocks = scratch.path("blocks");
    const auto made =
        program("promtool", {"tsdb", "create-blocks-from", "openmetrics", file, blocks});
    QVERIFY2(made.code == 0, made.all());
    // A Prometheus that runs on these blocks has a log, which the dump looks for.
    QVERIFY(QDir(blocks).mkpath("wal"));
    const auto dumped = program("promtool", {"tsdb", "dump", blocks});
    QVERIFY2(dumped.code == 0, dumped.all());
    const auto points = readDump(dumped.out);

    QFile text(file);
    QVERIFY(text.open(QIODevice::ReadOnly));
    const auto om = text.readAll();
    Points expected;
    QMap<QByteArray, double> sofar;
    qsizetype histograms = 0;
    for (const auto& line : lines) {
        const auto row = QJsonDocument::fromJson(line).object();
        if (row.isEmpty()) {
            continue;
        }
        QByteArrayList labels{"run=\"1\""};
        for (const auto& label : row["labels"].toString().split(',', Qt::SkipEmptyParts)) {
            const auto parts = label.split('=');
            labels.append((parts[0] + "=\"" + parts[1] + '"').toUtf8());
        }
        const auto at = milliseconds(secondsOf(row["time"].toString()));
        const auto plain = nameOf(row, false);
        if (om.contains("# TYPE " + plain.name + " histogram\n")) {
            ++histograms;
            const auto series = key(plain.name, labels, {});
            sofar[series] += row["value"].toDouble();
            expected.insert(key(plain.name + "_count", labels, at), sofar[series]);
            labels.append("le=\"+Inf\"");
            expected.insert(key(plain.name + "_bucket", labels, at), sofar[series]);
            continue;
        }
        const bool counter = om.contains("# TYPE " + plain.name + " counter\n");
        const auto named = nameOf(row, counter);
        expected.insert(key(named.name, labels, at), row["value"].toDouble() / named.divisor);
    }
    QVERIFY(expected.size() > 1000);
    QVERIFY(histograms > 40);
    for (auto each = expected.begin(); each != expected.end(); ++each) {
        QVERIFY2(points.contains(each.key()), each.key());
        QCOMPARE(points.value(each.key()), each.value());
    }
    // Beyond these there are the other buckets and the sums, and nothing else.
    for (auto each = points.begin(); each != points.end(); ++each) {
        QVERIFY2(expected.contains(each.key()) || each.key().contains("_sum{") ||
                     each.key().contains("_bucket{"),
                 each.key());
    }
}

MUSTER_TEST_CASE(OpenMetricsTest);
#include "openmetrics_test.moc"
