// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "recording.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

using Lines = std::multiset<std::string>;

/// All that a session says of its records, line by line; and whether it said that something is
/// wrong with it.
struct Reading {
    Lines lines;
    bool complained = false;
};

Reading readAll(const std::filesystem::path& file)
{
    Reading reading;
    auto reader = SessionReader::open(file);
    if (!reader) {
        reading.complained = true;
        return reading;
    }
    for (const StoredKind kind :
         {StoredKind::events, StoredKind::results, StoredKind::errors, StoredKind::metrics}) {
        StoredExport what;
        what.kind = kind;
        what.format = StoredFormat::jsonl;
        what.events.newestFirst = false;
        what.events.limit = 0;
        std::ostringstream out;
        const auto done = exportSession(**reader, what, out);
        reading.complained = reading.complained || !done;
        std::istringstream lines(out.str());
        for (std::string line; std::getline(lines, line);) {
            reading.lines.insert(line);
        }
    }
    const auto marks = (*reader)->marks({});
    reading.complained = reading.complained || !marks;
    for (const StoredMark& mark : marks.valueOr({})) {
        reading.lines.insert(mark.kind + mark.text + toString(mark.at));
    }
    const auto versions = (*reader)->configurations();
    reading.complained = reading.complained || !versions;
    for (const auto& [run, version] : versions.valueOr({})) {
        reading.lines.insert(version.kind + version.author + version.reason + version.hash +
                             version.document + version.kept + toString(version.at) +
                             std::to_string(version.version + version.parent));
    }
    const auto stream = (*reader)->stream({.stream = "order-1"});
    reading.complained = reading.complained || !stream;
    for (const StreamRow& row : stream ? stream->rows : std::vector<StreamRow>()) {
        reading.lines.insert(std::to_string(row.version) + row.event.data);
    }
    const auto info = (*reader)->info();
    reading.complained = reading.complained || !info || !(*reader)->notice().empty();
    if (info) {
        for (const StoredRun& run : info->runs) {
            reading.lines.insert(run.workload + run.build + run.machine + run.summaryJson +
                                 toString(run.startedAt));
        }
    }
    return reading;
}

/// A line whose text for a number is lost, or whose run is, says so.
bool saysDamaged(const std::string& line)
{
    return line.find("damaged.") != std::string::npos ||
           line.find("\"id\":\"0000000000000000") != std::string::npos;
}

void recordAllKinds(const std::filesystem::path& file, int count)
{
    Recording recording(file);
    const MetricInfo& metric = allMetrics()[0];
    for (int i = 0; i < count; ++i) {
        recording.publish(i % 2 == 0 ? EventType::agentReady : EventType::loadBurst,
                          {{"name", "indexer-" + std::to_string(i)}, {"n", i}});
        const WallTime at = recording.clock->wall();
        recording.recorder->addResult({.at = at,
                                       .action = "digest",
                                       .agent = "a-1",
                                       .item = "/file",
                                       .data = {{"path", "/x"}, {"bytes", i}}});
        recording.recorder->addError({.at = at,
                                      .action = "digest",
                                      .agent = "a-1",
                                      .item = "/gone",
                                      .failureClass = "application",
                                      .code = "not_found",
                                      .message = "vanished"});
        const MetricSample sample{
            .info = &metric, .labels = {}, .at = at, .value = i * 0.5, .buckets = {}};
        recording.recorder->accept({&sample, 1});
        recording.clock->advance(std::chrono::milliseconds(100));
    }
    recording.recorder->addMark({.at = recording.clock->wall(), .kind = "load", .text = "up"});
    recording.recorder->addConfiguration({.at = recording.clock->wall(),
                                          .version = 2,
                                          .parent = 1,
                                          .kind = "set",
                                          .author = "operator",
                                          .reason = "limits.set",
                                          .hash = "ab12",
                                          .document = "{}",
                                          .kept = {}});
    StreamAppend append{.stream = "order-1", .events = {}};
    for (std::uint64_t i = 1; i <= 10; ++i) {
        append.events.push_back({.id = {7, i},
                                 .type = "order.placed",
                                 .source = {},
                                 .data = {{"number", i}},
                                 .at = recording.clock->wall()});
    }
    if (!recording.recorder->append(std::move(append)).get()) {
        qFatal("not appended");
    }
    if (!recording.close(R"({"ok":1})")) {
        qFatal("not closed");
    }
}

/// Bytes of a file that are changed for a while.
class Patched {
public:
    Patched(const std::filesystem::path& file, off_t at, std::string bytes)
        : m_descriptor(open(file.c_str(), O_RDWR | O_CLOEXEC)), m_at(at), m_old(bytes.size(), '\0')
    {
        if (pread(m_descriptor, m_old.data(), m_old.size(), at) < 0 ||
            pwrite(m_descriptor, bytes.data(), bytes.size(), at) < 0) {
            qFatal("cannot patch");
        }
    }
    Patched(const Patched&) = delete;
    ~Patched()
    {
        if (pwrite(m_descriptor, m_old.data(), m_old.size(), m_at) < 0) {
            qFatal("cannot restore");
        }
        close(m_descriptor);
    }

private:
    int m_descriptor;
    off_t m_at;
    std::string m_old;
};

char byteAt(const std::filesystem::path& file, off_t at)
{
    char byte = 0;
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (pread(descriptor, &byte, 1, at) != 1) {
        qFatal("cannot read");
    }
    close(descriptor);
    return byte;
}

}  // namespace

class DamageTest : public QObject {
    Q_OBJECT

private slots:
    void givesTheRightAnswerOrSaysSoWhicheverByteIsFlipped()
    {
        Directory directory;
        recordAllKinds(directory.file(), 40);
        const Reading whole = readAll(directory.file());
        QVERIFY(!whole.complained);
        QVERIFY(whole.lines.size() > 160);
        const auto size = static_cast<off_t>(std::filesystem::file_size(directory.file()));
        const off_t stride = qEnvironmentVariableIsSet("MUSTER_EVERY_BYTE") ? 1 : 29;
        for (off_t at = 0; at < size; at += at < 256 ? 1 : stride) {
            const char bit = static_cast<char>(1 << (at % 8));
            const char flipped = static_cast<char>(byteAt(directory.file(), at) ^ bit);
            const Patched patched(directory.file(), at, std::string(1, flipped));
            const Reading reading = readAll(directory.file());
            const QByteArray where = "byte " + QByteArray::number(qint64(at));
            for (const std::string& line : reading.lines) {
                QVERIFY2(whole.lines.contains(line) || saysDamaged(line), where + line.c_str());
            }
            QVERIFY2(reading.complained || reading.lines == whole.lines, where);
        }
    }

    void skipsDamagedPagesAndReadsTheRest()
    {
        Directory directory;
        recordAllKinds(directory.file(), 3'000);
        const Reading whole = readAll(directory.file());
        const auto pages = static_cast<off_t>(std::filesystem::file_size(directory.file()) / 4096);
        std::size_t most = 0;
        for (off_t page = 40; page < pages; page += pages / 12) {
            const Patched patched(directory.file(), page * 4096, std::string(4096, '\xa5'));
            const Reading reading = readAll(directory.file());
            const QByteArray where = "page " + QByteArray::number(qint64(page));
            QVERIFY2(reading.complained, where);
            QVERIFY2(std::ranges::includes(whole.lines, reading.lines), where);
            most = std::max(most, reading.lines.size());
            QVERIFY2(reading.lines.size() > whole.lines.size() / 4, where);
        }
        QVERIFY(most > whole.lines.size() - 200);
    }

    void saysHowManyRowsAreLost()
    {
        Directory directory;
        recordAllKinds(directory.file(), 40);
        // The text of one event, found where it lies.
        std::string content;
        {
            QFile file(QString::fromStdString(directory.file().string()));
            QVERIFY(file.open(QIODevice::ReadOnly));
            content = file.readAll().toStdString();
        }
        const auto at = content.find("indexer-17");
        QVERIFY(at != std::string::npos);
        const Patched patched(directory.file(), static_cast<off_t>(at), "Indexer");
        auto reader = readerOf(directory.file());
        QCOMPARE(allEvents(*reader).size(), std::size_t{49});
        (void)allEvents(*reader);
        QVERIFY2(reader->notice().find("1 row of events") != std::string::npos,
                 reader->notice().c_str());
        QVERIFY(reader->info()->readOnly);
    }

    void refusesToRecordIntoADamagedSessionThatWasNotClosed()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            for (int i = 0; i < 2'000; ++i) {
                recording.publish(EventType::agentReady, {{"name", "indexer"}});
            }
        }
        const Patched patched(directory.file(), 20 * 4096, std::string(4096, '\xa5'));
        const auto opened = SessionFile::open(directory.file());
        QVERIFY(!opened && opened.error().code == ErrorCode::corrupt);
        QVERIFY(!opened.error().advice.empty());
        QVERIFY(SessionReader::open(directory.file()));
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::DamageTest);
#include "damage_test.moc"
