// SPDX-License-Identifier: Apache-2.0
#include "storage/export.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "recording.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

std::vector<std::string> lines(const std::string& text)
{
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        all.push_back(line);
    }
    return all;
}

QJsonObject object(const std::string& line)
{
    QJsonParseError error{};
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(line), &error);
    if (error.error != QJsonParseError::NoError) {
        qFatal("%s: %s", qPrintable(error.errorString()), line.c_str());
    }
    return document.object();
}

StoredExport exportOf(StoredKind kind, StoredFormat format)
{
    StoredExport what;
    what.kind = kind;
    what.format = format;
    what.events.newestFirst = false;
    what.events.limit = 0;
    return what;
}

ResultRecord digest(const char* path, int bytes)
{
    return {
        .at = ManualClock::kSimulationEpoch,
        .action = "digest",
        .agent = "indexer-1",
        .item = path,
        .data = {{"path", path}, {"bytes", bytes}, {"lines", 2}, {"words", 3}, {"sha256", "e3b0"}}};
}

/// Takes nothing after so many bytes.
class FullStream : public std::streambuf {
protected:
    std::streamsize xsputn(const char*, std::streamsize count) override
    {
        m_left -= count;
        return m_left > 0 ? count : 0;
    }
    int overflow(int) override { return EOF; }

private:
    std::streamsize m_left = 300'000;
};

}  // namespace

class ExportTest : public QObject {
    Q_OBJECT

private slots:
    void writesResultsWithTheActionsOwnColumnsFirst()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.recorder->addResult(digest("/a, b", 10));
        recording.recorder->addResult(digest("/say \"hi\"\n", 11));
        recording.recorder->addResult(digest("/bad\xff\xc3(", 12));
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const std::string csv = exported(*reader, exportOf(StoredKind::results, StoredFormat::csv));
        QCOMPARE(csv,
                 std::string("path,bytes,lines,words,sha256,time,run,action,agent,item\n"
                             "\"/a, b\",10,2,3,e3b0,2026-01-01T00:00:00.000000000Z,1,digest,"
                             "indexer-1,\"/a, b\"\n"
                             "\"/say \"\"hi\"\"\n\",11,2,3,e3b0,2026-01-01T00:00:00.000000000Z,1,"
                             "digest,indexer-1,\"/say \"\"hi\"\"\n\"\n"
                             "/bad%FF%C3(,12,2,3,e3b0,2026-01-01T00:00:00.000000000Z,1,digest,"
                             "indexer-1,/bad%FF%C3(\n"));
        const auto json =
            lines(exported(*reader, exportOf(StoredKind::results, StoredFormat::jsonl)));
        QCOMPARE(json.size(), std::size_t{3});
        const QJsonObject first = object(json[0]);
        QCOMPARE(first["path"].toString(), QStringLiteral("/a, b"));
        QCOMPARE(first["bytes"].toInt(), 10);
        QCOMPARE(first["agent"].toString(), QStringLiteral("indexer-1"));
        QVERIFY(json[0].starts_with("{\"path\":"));
    }

    void joinsTheColumnsOfSeveralActions()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.recorder->addResult(digest("/a", 1));
        recording.recorder->addResult({.at = {},
                                       .action = "grep",
                                       .agent = "g",
                                       .item = "/b",
                                       .data = {{"path", "/b"}, {"matches", 4}, {"time", 1.5}}});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto csv = lines(exported(*reader, exportOf(StoredKind::results, StoredFormat::csv)));
        QCOMPARE(csv[0], std::string("path,bytes,lines,words,sha256,matches,time,"
                                     "record_time,run,action,agent,item"));
        QCOMPARE(csv[1], std::string("/a,1,2,3,e3b0,,,2026-01-01T00:00:00.000000000Z,1,digest,"
                                     "indexer-1,/a"));
        QCOMPARE(csv[2], std::string("/b,,,,,4,1.5,1970-01-01T00:00:00.000000000Z,1,grep,g,/b"));
        const auto json =
            lines(exported(*reader, exportOf(StoredKind::results, StoredFormat::jsonl)));
        QCOMPARE(object(json[1])["time"].toDouble(), 1.5);
        QVERIFY(object(json[1]).contains(QStringLiteral("record_time")));
    }

    void writesErrors()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.recorder->addError({.at = ManualClock::kSimulationEpoch,
                                      .action = "digest",
                                      .agent = "a",
                                      .item = "/gone",
                                      .failureClass = "application",
                                      .code = "not_found",
                                      .message = "it vanished, alas"});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(exported(*reader, exportOf(StoredKind::errors, StoredFormat::csv)),
                 std::string("time,run,action,agent,item,class,code,message\n"
                             "2026-01-01T00:00:00.000000000Z,1,digest,a,/gone,application,"
                             "not_found,\"it vanished, alas\"\n"));
        const auto json =
            lines(exported(*reader, exportOf(StoredKind::errors, StoredFormat::jsonl)));
        QCOMPARE(object(json[0])["class"].toString(), QStringLiteral("application"));
    }

    void writesEvents()
    {
        Directory directory;
        Recording recording(directory.file());
        const EventId cause = recording.publish(EventType::agentReady, {{"name", "a,b"}});
        recording.publish(EventType::loadBurst, {},
                          {.trace = {5}, .cause = cause, .correlation = {6}, .durable = {}});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto csv = lines(exported(*reader, exportOf(StoredKind::events, StoredFormat::csv)));
        QCOMPARE(csv.size(), std::size_t{3});
        QCOMPARE(csv[0], std::string("id,time,run,type,source,data,trace,cause,correlation,"
                                     "durable,version"));
        QCOMPARE(csv[1], toString(cause) +
                             ",2026-01-01T00:00:00.000000000Z,1,agent.ready,engine,"
                             "\"{\"\"name\"\":\"\"a,b\"\"}\",,,,false,2");
        QCOMPARE(csv[2], toString(EventId{kOrigin, 2}) +
                             ",2026-01-01T00:00:00.000000000Z,1,load.burst,engine,{},5," +
                             toString(cause) + ",6,true,1");
        const auto json =
            lines(exported(*reader, exportOf(StoredKind::events, StoredFormat::jsonl)));
        QCOMPARE(object(json[0])["data"].toObject()["name"].toString(), QStringLiteral("a,b"));
        QVERIFY(!object(json[0]).contains(QStringLiteral("cause")));
        QCOMPARE(object(json[1])["trace"].toInt(), 5);
        QCOMPARE(object(json[1])["durable"].toBool(), true);
        StoredExport some = exportOf(StoredKind::events, StoredFormat::csv);
        some.events.type = "load.*";
        QCOMPARE(lines(exported(*reader, some)).size(), std::size_t{2});
        some.run = RunId{2};
        QCOMPARE(lines(exported(*reader, some)).size(), std::size_t{1});
    }

    void writesMetrics()
    {
        Directory directory;
        Recording recording(directory.file());
        const MetricInfo& first = allMetrics()[0];
        const MetricInfo& second = allMetrics()[1];
        for (int i = 0; i < 3; ++i) {
            const WallTime at = recording.clock->wall();
            const std::array samples{
                MetricSample{
                    .info = &first, .labels = {}, .at = at, .value = i + 0.25, .buckets = {}},
                MetricSample{.info = &second,
                             .labels = "a=1,b=2",
                             .at = at,
                             .value = 1e9 + i,
                             .buckets = {}}};
            recording.recorder->accept(samples);
            recording.clock->advance(std::chrono::milliseconds(1500));
        }
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto csv = lines(exported(*reader, exportOf(StoredKind::metrics, StoredFormat::csv)));
        QCOMPARE(csv.size(), std::size_t{7});
        QCOMPARE(csv[0], std::string("time,metric,labels,value,unit,run"));
        QCOMPARE(csv[1], "2026-01-01T00:00:00.000000000Z," + std::string(first.name) + ",,0.25," +
                             std::string(first.unit) + ",1");
        QCOMPARE(csv[4], "2026-01-01T00:00:01.500000000Z," + std::string(second.name) +
                             ",\"a=1,b=2\",1000000001," + std::string(second.unit) + ",1");
        const auto json =
            lines(exported(*reader, exportOf(StoredKind::metrics, StoredFormat::jsonl)));
        QCOMPARE(json.size(), std::size_t{6});
        const QJsonObject line = object(json[3]);
        QCOMPARE(line["metric"].toString(),
                 QString::fromUtf8(second.name.data(), qsizetype(second.name.size())));
        QCOMPARE(line["labels"].toString(), QStringLiteral("a=1,b=2"));
        QCOMPARE(line["value"].toDouble(), 1e9 + 1);
        QCOMPARE(line["run"].toInt(), 1);
        StoredExport one = exportOf(StoredKind::metrics, StoredFormat::csv);
        one.metrics = {std::string(second.name)};
        one.range = StoredRange{{0}, ManualClock::kSimulationEpoch + std::chrono::seconds(2)};
        QCOMPARE(lines(exported(*reader, one)).size(), std::size_t{3});
    }

    void tellsItsProgressAndStopsWhenAsked()
    {
        Directory directory;
        Recording recording(directory.file());
        for (int i = 0; i < 20'000; ++i) {
            recording.recorder->addResult(digest("/x", i));
        }
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const StoredExport what = exportOf(StoredKind::results, StoredFormat::csv);
        std::vector<std::uint64_t> told;
        std::ostringstream out;
        const auto done = exportSession(*reader, what, out, [&](std::uint64_t rows) {
            told.push_back(rows);
            return true;
        });
        QCOMPARE(done.value(), 20'000U);
        QVERIFY(told.size() > 3);
        QCOMPARE(told.back(), 20'000U);
        const auto cancelled =
            exportSession(*reader, what, out, [](std::uint64_t) { return false; });
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::cancelled);
        FullStream full;
        std::ostream stream(&full);
        const auto failed = exportSession(*reader, what, stream);
        QVERIFY(!failed && failed.error().code == ErrorCode::ioFailure);
    }

    void exportsWhileItIsRecorded()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.recorder->addResult(digest("/x", 1));
        recording.flush();
        auto reader = readerOf(directory.file());
        const StoredExport what = exportOf(StoredKind::results, StoredFormat::csv);
        QCOMPARE(lines(exported(*reader, what)).size(), std::size_t{2});
        recording.recorder->addResult(digest("/y", 2));
        recording.flush();
        QCOMPARE(lines(exported(*reader, what)).size(), std::size_t{3});
        QVERIFY(recording.close());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::ExportTest);
#include "export_test.moc"
