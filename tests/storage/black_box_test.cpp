// SPDX-License-Identifier: Apache-2.0
#include "storage/black_box.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <array>
#include <atomic>
#include <fstream>
#include <thread>

#include "base/rng.h"
#include "recording.h"
#include "storage/black_box_bundle.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

constexpr std::uint64_t kSmall = kLeastBlackBoxBytes;

/// A box and what publishes into a lane of it.
class Box : public EventSink {
public:
    explicit Box(const std::filesystem::path& file, std::uint64_t bytes = kSmall)
    {
        auto made = BlackBox::create({file, bytes, optionsFor({}, clock).run});
        if (!made) {
            qFatal("%s", made.error().text().c_str());
        }
        box = *std::move(made);
    }
    void accept(const EventPtr& event) override
    {
        box->add(*event, event->durable ? BlackBox::Share::urgent : BlackBox::Share::routine);
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    TypeRegistry types;
    EventPool pool;
    std::unique_ptr<BlackBox> box;
    Publisher publisher{
        *this, types, pool, clock, {.origin = kOrigin, .checked = false, .logger = {}}};
};

/// A process that fills a box; it ends by what `how` says of it, or goes on until it is killed.
class Filler {
public:
    Filler(const std::filesystem::path& box, std::string how)
    {
        std::string program = MUSTER_LEDGER_WRITER;
        std::string arguments[]{"--box", box.string(), std::move(how)};
        char* argv[]{program.data(), arguments[0].data(), arguments[1].data(), arguments[2].data(),
                     nullptr};
        if (posix_spawn(&m_process, program.c_str(), nullptr, nullptr, argv, environ) != 0) {
            qFatal("cannot start %s", program.c_str());
        }
    }
    void kill() const { ::kill(m_process, SIGKILL); }
    [[nodiscard]] int wait() const
    {
        int status = 0;
        waitpid(m_process, &status, 0);
        return status;
    }

private:
    pid_t m_process = 0;
};

std::string fieldOf(const StoredEvent& event, const char* key)
{
    const auto data = QJsonDocument::fromJson(QByteArray::fromStdString(event.data)).object();
    return data[key].toVariant().toString().toStdString();
}

BlackBoxBundle bundleOf(const std::filesystem::path& box, const std::filesystem::path& bundle,
                        std::string_view reason = "hand")
{
    auto made = writeBundle(box, bundle, reason);
    if (!made) {
        qFatal("%s", made.error().text().c_str());
    }
    return *std::move(made);
}

}  // namespace

class BlackBoxTest : public QObject {
    Q_OBJECT

private slots:
    void aBundleHoldsWhatWasPutIn()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        Box box(file);
        const auto first = box.publisher.publish(EventType::breakerOpened, Component::limits,
                                                 {{"service", "shop"}});
        box.clock->advance(std::chrono::seconds(2));
        box.publisher.publish(box.types.intern("order.placed").value(), AgentId{0x1a, 3},
                              {{"sum", 1.5}, {"paid", true}, {"who", "Zoë"}},
                              {.trace = {7}, .cause = first, .correlation = {9}, .durable = {}});
        Histogram came;
        came.record(40'000'000, 3);
        const auto buckets = came.encode();
        const WallTime at = box.clock->wall();
        const std::array samples{
            MetricSample{findMetric("agents.live"), {}, at, 5.5, {}},
            MetricSample{findMetric("actions.latency"), "action=a", at, 3, buckets}};
        box.box->accept(samples);

        const auto made = bundleOf(file, directory.file());
        QCOMPARE(made.events, 2U);
        QCOMPARE(made.samples, 2U);
        QCOMPARE(made.damaged, 0U);
        QCOMPARE(made.box.ending(), "alive");
        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), 3U);
        QCOMPARE(events[0].type, "breaker.opened");
        QVERIFY(events[0].id == first);
        QVERIFY(events[0].durable);
        QCOMPARE(events[1].type, "order.placed");
        QCOMPARE(events[1].source, "agent:1a.3");
        QVERIFY(events[1].cause == first);
        QVERIFY(events[1].trace == TraceId{7});
        QVERIFY(events[1].correlation == CorrelationId{9});
        QCOMPARE(events[1].data, R"({"sum":1.5,"paid":true,"who":"Zoë"})");
        QVERIFY(events[1].at == box.clock->wall());
        QCOMPARE(events[2].type, "blackbox.saved");
        QCOMPARE(fieldOf(events[2], "cause"), "hand");
        auto reader = readerOf(directory.file());
        const auto run = reader->info()->runs.at(0);
        QCOMPARE(run.workload, "corpus");
        QCOMPARE(run.machine, "here");
        QVERIFY(run.endedAt.has_value());
        StoredExport metrics;
        metrics.kind = StoredKind::metrics;
        const auto table = exported(*reader, metrics);
        QVERIFY2(table.find("agents.live,,") != std::string::npos, table.c_str());
        QVERIFY2(table.find("5.5") != std::string::npos, table.c_str());
        QVERIFY2(table.find("actions.latency,action=a,3") != std::string::npos, table.c_str());
    }

    void aFloodPushesOutTheOldestAndNothingUrgent()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        Box box(file);
        const auto bytes = std::filesystem::file_size(file);
        const auto urgent =
            box.publisher.publish(EventType::breakerOpened, Component::limits, {{"service", "s"}});
        EventId last;
        for (int i = 0; i < 50'000; ++i) {
            last = box.publisher.publish(EventType::actionCompleted, Component::actions,
                                         {{"item", i}});
        }
        QCOMPARE(std::filesystem::file_size(file), bytes);
        const auto made = bundleOf(file, directory.file());
        // Half a mebibyte in four parts, of which three are full at least.
        QVERIFY2(made.events > 2'500 && made.events < 6'000, std::to_string(made.events).c_str());
        const auto events = allEvents(directory.file());
        QVERIFY(events.front().id == urgent);
        for (std::size_t i = 1; i + 1 < events.size(); ++i) {
            QCOMPARE(events[i].id.sequence, last.sequence + i + 2 - events.size());
        }
    }

    void whatIsTooLargeForASegmentIsCounted()
    {
        Directory directory;
        Box box(directory.file("a.box"));
        box.publisher.publish(EventType::actionCompleted, Component::actions,
                              {{"item", std::string(200'000, 'x')}});
        QCOMPARE(box.box->leftOut(), 1U);
        box.publisher.publish(EventType::actionCompleted, Component::actions, {{"item", "small"}});
        QCOMPARE(bundleOf(directory.file("a.box"), directory.file()).events, 1U);
    }

    void aKilledProcessLeavesAllItPutIn()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        const auto told = directory.file("a.box.told");
        const Filler filler(file, "go-on");
        std::error_code missing;
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(told, missing) &&
                                     std::filesystem::file_size(told, missing) > 50'000,
                                 60'000);
        filler.kill();
        QVERIFY(WIFSIGNALED(filler.wait()));
        // The number of each event is told after it was put in.
        const auto numbers = static_cast<std::uint64_t>(std::filesystem::file_size(told));
        const auto made = bundleOf(file, directory.file(), "killed");
        QCOMPARE(made.box.ending(), "killed");
        QVERIFY(!made.box.live);
        const auto events = allEvents(directory.file());
        QVERIFY(events.size() > 2);
        QVERIFY(events[events.size() - 2].id.sequence >= numbers);
    }

    void aCrashIsNotedWithItsThreadAndStack_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<int>("signal");
        QTest::newRow("bad address") << "SIGSEGV" << SIGSEGV;
        QTest::newRow("stack used up") << "overflow" << SIGSEGV;
        QTest::newRow("abort") << "SIGABRT" << SIGABRT;
        QTest::newRow("exception") << "exception" << SIGABRT;
    }
    void aCrashIsNotedWithItsThreadAndStack()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("the sanitizer takes the signals itself");
#endif
        QFETCH(QString, how);
        QFETCH(int, signal);
        Directory directory;
        const auto file = directory.file("a.box");
        const int status = Filler(file, how.toStdString()).wait();
        QVERIFY(WIFSIGNALED(status));  // it took its course
        QCOMPARE(WTERMSIG(status), signal);
        const auto made = bundleOf(file, directory.file(), "crash");
        QCOMPARE(made.box.ending(), "crash");
        QCOMPARE(made.box.crash->signal, signal);
        QCOMPARE(made.box.crash->thread, "box-filler");
        QVERIFY2(made.box.crash->stack.find("tests_ledger_writer") != std::string::npos,
                 made.box.crash->stack.c_str());
        const auto last = allEvents(directory.file()).back();
        QCOMPARE(fieldOf(last, "cause"), "crash");
        QCOMPARE(fieldOf(last, "signal"), signal == SIGABRT ? "SIGABRT" : "SIGSEGV");
        QCOMPARE(fieldOf(last, "stack"), made.box.crash->stack);
    }

    void aBoxIsReadWhileItIsFilled()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        Box box(file);
        std::atomic<bool> enough{false};
        std::atomic<std::uint64_t> put{0};
        std::thread filling([&] {
            while (!enough.load()) {
                put.store(box.publisher
                              .publish(EventType::actionCompleted, Component::actions,
                                       {{"item", "abcdefghij"}})
                              .sequence);
            }
        });
        for (int round = 0; round < 8; ++round) {
            const auto atLeast = put.load();
            QTRY_VERIFY(put.load() > atLeast + 1000);
            const auto bundle = directory.file(("b" + std::to_string(round) + ".db").c_str());
            const auto before = put.load();
            const auto made = bundleOf(file, bundle);
            QVERIFY(made.box.live);
            const auto events = allEvents(bundle);
            QVERIFY(events.size() > 500);
            QVERIFY(events[events.size() - 2].id.sequence + 5'000 > before);
            for (const StoredEvent& event : events) {
                QVERIFY(event.type == "blackbox.saved" || event.data == R"({"item":"abcdefghij"})");
            }
        }
        enough.store(true);
        filling.join();
    }

    void damageGivesAnErrorOrWhatIsLeft()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        {
            Box box(file);
            for (int i = 0; i < 2'000; ++i) {
                box.publisher.publish(EventType::actionCompleted, Component::actions,
                                      {{"item", "a text"}, {"number", i}, {"share", 0.5}});
            }
        }
        QFile source(QString::fromStdString(file.string()));
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QByteArray whole = source.readAll();
        const auto damaged = directory.file("b.box");
        Rng rng(11);
        int wrong = 0;
        for (int round = 0; round < 400; ++round) {
            QByteArray bytes = whole;
            // Half of them in the head, where each byte says how to read the rest.
            const auto at = static_cast<qsizetype>(
                rng.below(round % 2 == 0 ? 600 : static_cast<std::uint64_t>(bytes.size())));
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + rng.below(255)));
            std::ofstream(damaged, std::ios::binary) << bytes.toStdString();
            const auto info = readBlackBox(damaged);
            wrong += info ? 0 : 1;
            QVERIFY(info || !info.error().message.empty());
        }
        QVERIFY(wrong > 20);
        std::ofstream(damaged, std::ios::binary) << whole.left(whole.size() / 2).toStdString();
        QVERIFY(readBlackBox(damaged).error().code == ErrorCode::corrupt);
        std::ofstream(damaged, std::ios::binary) << "";
        QVERIFY(readBlackBox(damaged).error().code == ErrorCode::corrupt);
        QVERIFY(readBlackBox(directory.path()).error().code == ErrorCode::corrupt);
        QVERIFY(readBlackBox(directory.file("none")).error().code == ErrorCode::notFound);
    }

    void whatIsThereIsNotWrittenOver()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        const Box box(file);
        QVERIFY(BlackBox::create({file, kSmall, {}}).error().code == ErrorCode::conflict);
        QVERIFY(BlackBox::create({directory.file("b.box"), 4096, {}}).error().code ==
                ErrorCode::outOfRange);
        (void)bundleOf(file, directory.file());
        QVERIFY(writeBundle(file, directory.file(), "hand").error().code == ErrorCode::conflict);
        QVERIFY(!std::filesystem::exists(directory.file("session.db.part")));
    }

    void aRunThatEndsWellLeavesNone()
    {
        Directory directory;
        const auto file = directory.file("a.box");
        {
            const Box box(file);
            box.box->discard();
        }
        QVERIFY(!std::filesystem::exists(file));
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::BlackBoxTest);
#include "black_box_test.moc"
