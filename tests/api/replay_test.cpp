// SPDX-License-Identifier: Apache-2.0
#include "api/replay.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

/// Agents under a load, a breaker that opens and closes, and a fault: ten seconds of it.
const char* const kLively = R"([workload]
name = "lively"
[[agents]]
name = "worker"
count = 20
action = "work"
[actions.work]
kind = "synthetic"
wait = { shape = "exponential", mean = "5ms" }
fail = 0.4
service = "shop"
[services.shop]
breaker = { failure_rate = 0.5, minimum_calls = 20, window = "1s", open_for = "1s" }
[[load]]
model = "open"
stages = [{ for = "5s", to = "200/s" }, { for = "5s", to = "200/s" }]
[[faults]]
at = "3s"
for = "2s"
action = "work"
fault = "error"
value = "network"
)";

/// What an action would do outside, if it did.
const char* const kOutside = R"([workload]
name = "outside"
[[agents]]
name = "writer"
count = 4
action = "write"
[[agents]]
name = "caller"
count = 4
action = "call"
[[agents]]
name = "saver"
count = 4
action = "save"
[actions.write]
kind = "exec"
command = ["touch", "%1/by-a-process"]
[actions.call]
kind = "http"
url = "%3/127.0.0.1:%2/"
[actions.save]
kind = "http"
url = "%3/127.0.0.1:%2/file"
save = "%1/{number}.html"
[[load]]
model = "open"
rate = "200/s"
[[helpers]]
command = ["sh", "-c", "touch %1/by-a-helper; exec sleep 60"]
)";

/// A port on the loopback at which somebody may knock.
class Door {
public:
    Door() : m_socket(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* any = reinterpret_cast<sockaddr*>(&address);
        if (bind(m_socket, any, size) != 0 || listen(m_socket, 16) != 0 ||
            getsockname(m_socket, any, &size) != 0) {
            qFatal("no port");
        }
        m_port = ntohs(address.sin_port);
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door() { close(m_socket); }

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] bool knocked() const
    {
        const int one = accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (one >= 0) {
            close(one);
        }
        return one >= 0;
    }

private:
    int m_socket;
    int m_port = 0;
};

struct Played {
    std::vector<EventRow> rows;
    ReplayProgress end;
    RunSummary summary;
};

/// What of an event is the same when it is played again.
std::string whole(const EventRow& row)
{
    return toString(row.at) + ' ' + row.type + ' ' + row.source + ' ' + row.data;
}

/// Condition and flag between a test and the thread that plays.
class Arrivals {
public:
    void add()
    {
        {
            const std::lock_guard lock(m_mutex);
            ++m_count;
        }
        m_changed.notify_all();
    }
    /// False after ten seconds.
    [[nodiscard]] bool await(int count)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 10s, [&] { return m_count >= count; });
    }
    [[nodiscard]] int count() const
    {
        const std::lock_guard lock(m_mutex);
        return m_count;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
};

}  // namespace

/// Recorded events, once more.
class ReplayTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyEventComesAgainInItsOrderWithItsTime();
    void theSameEventsGiveTheSameHashAtAnySpeed();
    void aFilterAndARangeNarrowIt_data();
    void aFilterAndARangeNarrowIt();
    void spacesAreKeptAtAMultipleOfTheirSpeed();
    void stepsComeOneByOne();
    void aCancelledReplayEndsWhereItIs();
    void nothingReachesOutside();
    void aWorkloadDoesTheWorkOfThenAgain();
    void whatCannotBePlayedIsRefused_data();
    void whatCannotBePlayedIsRefused();
    void intoARunOnlyWhenConfirmedAndNeverAsItsFacts();
    void aRunThatEndsEndsWhatIsPlayedIntoIt();

private:
    [[nodiscard]] ReplayQuery query(const char* type = "") const
    {
        ReplayQuery made;
        made.file = m_database;
        made.events.type = type;
        made.speed = ReplayPace::kAtOnce;
        return made;
    }
    static Played play(const ReplayQuery& query, const std::filesystem::path& workload = {});

    EngineFixture m_fixture;
    std::filesystem::path m_database;
    std::vector<EventRow> m_events;  // oldest first
};

void ReplayTest::initTestCase()
{
    auto options = m_fixture.options(kLively);
    options.simulationSeed = 11;
    options.database = m_database = m_fixture.file("lively.db");
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    QVERIFY(!(*engine)->wait().failure);
    engine->reset();
    auto session = Session::open(m_database);
    QVERIFY(session.ok());
    EventQuery all;
    all.limit = 0;
    all.newestFirst = false;
    m_events = (*session)->events(all)->rows;
    QVERIFY(m_events.size() > 200);
}

Played ReplayTest::play(const ReplayQuery& query, const std::filesystem::path& workload)
{
    Played played;
    EngineOptions options;
    options.replay = query;
    options.replayControl = std::make_shared<ReplayControl>(query);
    options.replayControl->onEvent([&](const EventRow& row) { played.rows.push_back(row); });
    if (!workload.empty()) {
        options.workloadFile = workload;
    }
    auto engine = Engine::start(options);
    if (!engine) {
        qFatal("%s", engine.error().text().c_str());
    }
    played.summary = (*engine)->wait();
    played.end = options.replayControl->progress();
    return played;
}

void ReplayTest::everyEventComesAgainInItsOrderWithItsTime()
{
    const auto played = play(query());
    QCOMPARE(toString(played.end.state), std::string_view("done"));
    QCOMPARE(played.rows.size(), m_events.size());
    QCOMPARE(played.end.played, m_events.size());
    QCOMPARE(played.end.share(), 1.0);
    for (std::size_t i = 0; i < m_events.size(); ++i) {
        QCOMPARE(whole(played.rows[i]), whole(m_events[i]));
        // Never to be taken for what happened, and still known by what it was.
        QVERIFY(played.rows[i].replayed);
        QVERIFY(!played.rows[i].durable);
        QCOMPARE(toString(played.rows[i].cause), toString(m_events[i].id));
        QVERIFY(played.rows[i].id != m_events[i].id);
    }
}

void ReplayTest::theSameEventsGiveTheSameHashAtAnySpeed()
{
    const auto once = play(query());
    QCOMPARE(once.end.hash.size(), std::size_t{64});
    QCOMPARE(play(query()).end.hash, once.end.hash);
    auto slower = query();
    slower.speed = 100;
    QCOMPARE(play(slower).end.hash, once.end.hash);
    QVERIFY(play(query("breaker.*")).end.hash != once.end.hash);
}

void ReplayTest::aFilterAndARangeNarrowIt_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("source");
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    QTest::newRow("a pattern") << "breaker.*"
                               << "" << 0 << 100;
    QTest::newRow("a source") << ""
                              << "load" << 0 << 100;
    QTest::newRow("a range") << ""
                             << "" << 3 << 4;
    QTest::newRow("all three") << "action.*" << QString() << 2 << 5;
    QTest::newRow("none") << "dead.**"
                          << "" << 0 << 100;
}

void ReplayTest::aFilterAndARangeNarrowIt()
{
    QFETCH(QString, type);
    QFETCH(QString, source);
    QFETCH(int, from);
    QFETCH(int, to);
    auto asked = query();
    asked.events.type = type.toStdString();
    asked.events.source = source.toStdString();
    asked.fromStart = std::chrono::seconds(from);
    asked.toStart = std::chrono::seconds(to);
    const WallTime start = m_events.front().at;
    const QString begin = type.section('.', 0, 0) + '.';
    std::vector<std::string> expected;
    for (const auto& event : m_events) {
        const bool fits =
            (type.isEmpty() || QString::fromStdString(event.type).startsWith(begin)) &&
            (source.isEmpty() || event.source == source.toStdString()) &&
            event.at >= start + *asked.fromStart && event.at <= start + *asked.toStart;
        if (fits) {
            expected.push_back(whole(event));
        }
    }
    const auto played = play(asked);
    QCOMPARE(toString(played.end.state), std::string_view("done"));
    QCOMPARE(played.rows.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(whole(played.rows[i]), expected[i]);
    }
}

void ReplayTest::spacesAreKeptAtAMultipleOfTheirSpeed()
{
    auto asked = query("breaker.*");
    asked.speed = 40;
    std::vector<std::pair<Duration, Duration>> times;  // recorded, real
    const auto clock = systemClock();
    EngineOptions options;
    options.replay = asked;
    options.replayControl = std::make_shared<ReplayControl>(asked, clock);
    const MonoTime begin = clock->now();
    options.replayControl->onEvent([&](const EventRow& row) {
        times.emplace_back(row.at - m_events.front().at, clock->now() - begin);
    });
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    (void)(*engine)->wait();
    QVERIFY(times.size() >= 4);
    for (const auto& [recorded, real] : times) {
        QVERIFY(real * 40 >= recorded);  // never too soon
    }
}

void ReplayTest::stepsComeOneByOne()
{
    auto asked = query();
    asked.paused = true;
    Arrivals came;
    EngineOptions options;
    options.replay = asked;
    const auto control = options.replayControl = std::make_shared<ReplayControl>(asked);
    control->onEvent([&](const EventRow&) { came.add(); });
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    QCOMPARE(came.count(), 0);
    control->step();
    QVERIFY(came.await(1));
    control->step(3);
    QVERIFY(came.await(4));
    QVERIFY(!control->pending());
    const auto now = control->progress();
    QCOMPARE(toString(now.state), std::string_view("paused"));
    QCOMPARE(now.played, std::uint64_t{4});
    QCOMPARE(now.position.nanoseconds, std::max(m_events[3].at, m_events[0].at).nanoseconds);
    control->resume();
    QCOMPARE(control->wait().played, m_events.size());
}

void ReplayTest::aCancelledReplayEndsWhereItIs()
{
    EngineOptions options;
    options.replay = query();
    const auto control = options.replayControl = std::make_shared<ReplayControl>(*options.replay);
    control->onEvent([&, count = 0](const EventRow&) mutable {
        if (++count == 50) {
            control->cancel();
        }
    });
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    const auto end = control->wait();
    QCOMPARE(toString(end.state), std::string_view("cancelled"));
    QCOMPARE(end.played, std::uint64_t{50});
    control->step(5);  // nothing wakes it again
    QCOMPARE(toString(control->progress().state), std::string_view("cancelled"));
}

void ReplayTest::nothingReachesOutside()
{
    const Door door;
    const QTemporaryDir outside;
    const auto file = m_fixture.write(
        "outside.toml",
        QString(kOutside).arg(outside.path()).arg(door.port()).arg("http:/").toUtf8());
    // Neither trusted nor asked: there is nothing to trust it with.
    const auto played = play(query(), file);
    QCOMPARE(toString(played.end.state), std::string_view("done"));
    QCOMPARE(played.end.played, m_events.size());
    QVERIFY(played.summary.actions > 1000);  // it was done, but only drawn
    QVERIFY(!door.knocked());
    QCOMPARE(QDir(outside.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
             QStringList{});

    // In earnest the same file does reach outside.
    EngineOptions options;
    options.workloadFile = file;
    options.trusted = true;
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    bool knocked = false;
    QVERIFY(SnapshotWatch(**engine).until([&](const Snapshot&) {
        knocked = knocked || door.knocked();
        return knocked && QFile::exists(outside.filePath("by-a-process"));
    }));
    (void)(*engine)->drain(100ms);
    QVERIFY(QFile::exists(outside.filePath("by-a-helper")));
}

void ReplayTest::aWorkloadDoesTheWorkOfThenAgain()
{
    EngineOptions options;
    options.replay = query();
    options.workloadFile = m_fixture.write("again.toml", kLively);
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    const auto summary = (*engine)->wait();
    auto session = Session::open(m_database);
    const auto then = (*session)->info()->runs.back().summaryJson;
    const auto before = QJsonDocument::fromJson(QByteArray::fromStdString(then)).object();
    QVERIFY(summary.load.has_value());
    // As many come, and as many of them fail, as then.
    QCOMPARE(summary.load->offered,
             static_cast<std::uint64_t>(before["load"].toObject()["offered"].toInteger()));
    const auto share = [](double failed, double ok) { return failed / (failed + ok); };
    const double was = share(before["failed"].toDouble(), before["ok"].toDouble());
    const double is = share(static_cast<double>(summary.failed), static_cast<double>(summary.ok));
    QVERIFY2(std::abs(was - is) < 0.05, qPrintable(QString("%1 and %2").arg(was).arg(is)));
    QVERIFY(was > 0.2);
}

void ReplayTest::whatCannotBePlayedIsRefused_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("said");
    QTest::newRow("no file") << "file"
                             << "none.db";
    QTest::newRow("no run") << "run"
                            << "has no run 9";
    QTest::newRow("no such time") << "time"
                                  << "holds nothing of that time";
    QTest::newRow("no pattern") << "pattern"
                                << "a..b";
    QTest::newRow("recorded") << "recorded"
                              << "is not recorded again";
}

void ReplayTest::whatCannotBePlayedIsRefused()
{
    QFETCH(QString, what);
    QFETCH(QString, said);
    EngineOptions options;
    options.replay = query();
    if (what == "file") {
        options.replay->file = m_fixture.file("none.db");
    } else if (what == "run") {
        options.replay->run = RunId{9};
    } else if (what == "time") {
        options.replay->fromStart = 5h;
    } else if (what == "pattern") {
        options.replay->events.type = "a..b";
    } else {
        options.database = m_fixture.file("new.db");
    }
    const auto engine = Engine::start(options);
    QVERIFY(!engine.ok());
    const auto error = QString::fromStdString(engine.error().text());
    QVERIFY2(error.contains(said), qPrintable(error));
}

void ReplayTest::intoARunOnlyWhenConfirmedAndNeverAsItsFacts()
{
    auto options = m_fixture.options(EngineFixture::kSteady);
    options.database = m_fixture.file("live.db");
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    QVERIFY(SnapshotWatch(**engine).until(RunState::running));
    const auto file = '"' + m_database.string() + '"';
    QVERIFY(!carryOut(**engine, "replay.start " + file).ok());
    QVERIFY(!carryOut(**engine, "replay.pause").ok());
    Arrivals seen;
    std::atomic<bool> marked{true};
    EventQuery breakers;
    breakers.type = "breaker.*";
    (*engine)->tailEvents(breakers, 10000, [&](std::vector<EventRow> rows, std::uint64_t) {
        for (const auto& row : rows) {
            marked = marked && row.replayed && row.cause;
            seen.add();
        }
    });
    const auto started =
        carryOut(**engine, "replay.start " + file + " live type=breaker.* speed=max");
    QVERIFY2(started.ok(), started.ok() ? "" : started.error().text().c_str());
    const auto end = (*engine)->replay()->wait();
    QCOMPARE(toString(end.state), std::string_view("done"));
    QVERIFY(end.played >= 4);
    QVERIFY(seen.await(static_cast<int>(end.played)));
    QVERIFY(marked);
    (void)(*engine)->drain(5s);
    engine->reset();

    auto session = Session::open(*options.database);
    const auto stored = [&](const char* type) {
        EventQuery asked;
        asked.type = type;
        return (*session)->events(asked)->rows;
    };
    QVERIFY(stored("breaker.*").empty());
    QCOMPARE(stored("replay.started").size(), std::size_t{1});
    QCOMPARE(stored("replay.ended").size(), std::size_t{1});
    const auto summary = QJsonDocument::fromJson(
                             QByteArray::fromStdString((*session)->info()->runs.back().summaryJson))
                             .object();
    QCOMPARE(summary["dropped"].toInteger(-1), qint64{0});
    const auto state = (*session)->stateAt({});
    QVERIFY(state.ok());
    QVERIFY(state->proof != PastState::Proof::differs);
    QVERIFY(!QByteArray::fromStdString(state->document).contains("\"shop\""));
}

void ReplayTest::aRunThatEndsEndsWhatIsPlayedIntoIt()
{
    auto engine = Engine::start(m_fixture.options(EngineFixture::kSteady));
    QVERIFY(engine.ok());
    QVERIFY(SnapshotWatch(**engine).until(RunState::running));
    QVERIFY(
        carryOut(**engine, "replay.start \"" + m_database.string() + "\" live speed=0.01").ok());
    QVERIFY(carryOut(**engine, "replay.speed 0.02").ok());
    QVERIFY(carryOut(**engine, "replay.step 2").ok());
    QVERIFY(!carryOut(**engine, "replay.speed never").ok());
    const auto control = (*engine)->replay();
    (void)(*engine)->drain(5s);
    QCOMPARE(toString(control->wait().state), std::string_view("cancelled"));
}

MUSTER_TEST_CASE(ReplayTest);
#include "replay_test.moc"
