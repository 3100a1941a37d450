// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <sstream>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

/// What the console asks a running engine, and a session afterwards.
class QueryTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void aPageOfAgentsIsFilteredSortedAndCut();
    void filtersFindTheAgentsTheyMean_data();
    void filtersFindTheAgentsTheyMean();
    void anAgentsDetailHoldsItsStateAndHowToFindIt();
    void aNoteShowsInTheAgentsState();
    void eventsOfARecordedRunComeFromTheSession();
    void eventsOfAnUnrecordedRunComeFromMemory();
    void theTailGivesNewEventsInOrderAtItsRate();
    void theTailSkipsWhatIsDurableLast();
    void aTailAfterAPageMissesNothingAndDoublesNothing();
    void historyHasTheSeriesAskedForAndItsMarks();
    void aSessionReadsWhileItIsWritten();
    void exportsCountTheirRows();

private:
    [[nodiscard]] Result<AgentPage> agents(const AgentQuery& query)
    {
        return answerOf<AgentPage>([&](auto done) { m_engine->agents(query, std::move(done)); });
    }
    [[nodiscard]] AgentId idOf(const char* name)
    {
        return agents({.filter = std::string("name:") + name})->rows.at(0).id;
    }

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<SnapshotWatch> m_watch;
};

void QueryTest::init()
{
    m_fixture = std::make_unique<EngineFixture>();
    auto options = m_fixture->options(EngineFixture::kSteady);
    options.database = m_fixture->file("query.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    m_engine = *std::move(engine);
    m_watch = std::make_unique<SnapshotWatch>(*m_engine);
    QVERIFY(m_watch->until([](const Snapshot& s) { return s.actions.ok > 50; }));
}

void QueryTest::cleanup()
{
    m_watch.reset();
    m_engine.reset();
    m_fixture.reset();
}

void QueryTest::aPageOfAgentsIsFilteredSortedAndCut()
{
    const auto page = agents({.filter = "name:worker-1*",
                              .sort = AgentColumn::name,
                              .descending = true,
                              .offset = 1,
                              .limit = 3});
    QVERIFY(page.ok());
    QCOMPARE(page->total, 20U);
    QCOMPARE(page->matching, 11U);  // 1 and 10…19
    QCOMPARE(page->offset, 1U);
    QCOMPARE(page->rows.size(), 3U);
    QCOMPARE(page->rows[0].name, std::string("worker-18"));
    QCOMPARE(page->rows[0].type, std::string("task"));
    QVERIFY(page->rows[0].total > 0);
    QVERIFY(page->rows[0].memory > 0);
    const auto wrong = agents({.filter = "stat:busy"});
    QVERIFY(!wrong.ok());
}

void QueryTest::filtersFindTheAgentsTheyMean_data()
{
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<quint64>("matching");
    const auto row = [](const char* filter, quint64 matching) {
        QTest::newRow(filter) << QByteArray(filter) << matching;
    };
    row("", 20);
    row("type:task", 20);
    row("type:monitor,task", 20);
    row("type:monitor", 0);
    row("worker-2", 2);
    row("name:worker-2", 1);
    row("name:*-2*", 2);
    row("type:task name:worker-7", 1);
    row("capability:text", 20);
    row("capability:voice", 0);
    row("attr.zone:=eu", 20);
    row("attr.zone:us", 0);
    row("restarts:0", 20);
    row("total:>1000000", 0);
    row("state:suspended", 0);
}

void QueryTest::filtersFindTheAgentsTheyMean()
{
    QFETCH(QByteArray, filter);
    QFETCH(quint64, matching);
    const auto page = agents({.filter = filter.toStdString()});
    QVERIFY2(page.ok(), page.ok() ? "" : page.error().text().c_str());
    QCOMPARE(page->matching, matching);
}

void QueryTest::anAgentsDetailHoldsItsStateAndHowToFindIt()
{
    const auto id = idOf("worker-7");
    const auto detail =
        answerOf<AgentDetail>([&](auto done) { m_engine->agentDetail(id, std::move(done)); });
    QVERIFY2(detail.ok(), detail.ok() ? "" : detail.error().text().c_str());
    QCOMPARE(detail->row.name, std::string("worker-7"));
    QVERIFY2(detail->stateJson.find("\"action\":\"work\"") != std::string::npos,
             detail->stateJson.c_str());
    QCOMPARE(detail->capabilities, std::vector<std::string>{"text"});
    QCOMPARE(detail->attributes.size(), 1U);
    const auto nobody = answerOf<AgentDetail>([&](auto done) {
        m_engine->agentDetail(AgentId{id.slot, id.generation + 5}, std::move(done));
    });
    QVERIFY(!nobody.ok());
    QVERIFY(nobody.error().code == ErrorCode::notFound);
}

void QueryTest::aNoteShowsInTheAgentsState()
{
    const auto sent = carryOut(*m_engine, "agents.send name:worker-3 \"look here\"");
    QVERIFY2(sent.ok(), sent.ok() ? "" : sent.error().text().c_str());
    const auto id = idOf("worker-3");
    const auto detail =
        answerOf<AgentDetail>([&](auto done) { m_engine->agentDetail(id, std::move(done)); });
    QVERIFY(detail.ok());
    QVERIFY2(detail->stateJson.find("\"note\":\"look here\"") != std::string::npos,
             detail->stateJson.c_str());
}

void QueryTest::eventsOfARecordedRunComeFromTheSession()
{
    EventQuery query;
    query.type = "run.started";
    const auto read = [&] {
        return answerOf<EventPage>([&](auto done) { m_engine->events(query, std::move(done)); });
    };
    QTRY_COMPARE(read()->rows.size(), std::size_t{1});
    const auto page = read();
    QVERIFY(page->rows[0].run);
    QVERIFY(page->rows[0].durable);
    QVERIFY(page->rows[0].data.find("\"workload\":\"steady\"") != std::string::npos);
}

void QueryTest::eventsOfAnUnrecordedRunComeFromMemory()
{
    auto engine = Engine::start(m_fixture->options(EngineFixture::kSteady));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until([](const Snapshot& s) { return s.actions.ok > 20; }));
    const auto read = [&](EventQuery query) {
        return answerOf<EventPage>([&](auto done) { (*engine)->events(query, std::move(done)); });
    };
    EventQuery query;
    query.type = "action.*";
    query.newestFirst = false;
    query.limit = 5;
    const auto first = read(query);
    QVERIFY(first.ok());
    QCOMPARE(first->rows.size(), 5U);
    QVERIFY(first->more);
    query.after = first->rows.back().id;
    const auto second = read(query);
    QVERIFY(second.ok());
    QVERIFY(second->rows.front().id > first->rows.back().id);
    query = {};
    query.text = "STEADY";
    QCOMPARE(read(query)->rows.size(), 1U);
}

void QueryTest::theTailGivesNewEventsInOrderAtItsRate()
{
    std::mutex mutex;
    std::vector<EventRow> rows;
    std::uint64_t skipped = 0;
    EventQuery query;
    query.type = "action.completed";
    m_engine->tailEvents(query, 20, [&](std::vector<EventRow> more, std::uint64_t left) {
        const std::lock_guard lock(mutex);
        rows.insert(rows.end(), more.begin(), more.end());
        skipped += left;
    });
    const auto count = [&] {
        const std::lock_guard lock(mutex);
        return rows.size();
    };
    QTRY_VERIFY(count() >= 20);
    m_engine->stopTail();
    const auto after = count();
    m_watch->letPass(5);
    QCOMPARE(count(), after);
    QVERIFY(skipped > 0);
    QVERIFY(std::is_sorted(rows.begin(), rows.end(),
                           [](const EventRow& a, const EventRow& b) { return a.at < b.at; }));
    QVERIFY(std::all_of(rows.begin(), rows.end(), [](const EventRow& row) {
        return row.type == "action.completed" && !row.data.empty();
    }));
}

void QueryTest::theTailSkipsWhatIsDurableLast()
{
    std::mutex mutex;
    std::vector<EventRow> rows;
    std::uint64_t skipped = 0;
    m_engine->tailEvents({}, 20, [&](std::vector<EventRow> more, std::uint64_t left) {
        const std::lock_guard lock(mutex);
        rows.insert(rows.end(), more.begin(), more.end());
        skipped += left;
    });
    const auto marks = [&] {
        const std::lock_guard lock(mutex);
        return std::ranges::count_if(
            rows, [](const EventRow& row) { return row.data.find("tea ") != std::string::npos; });
    };
    for (int i = 0; i < 10; ++i) {
        const auto command = parseCommand("mark.add \"tea " + std::to_string(i) + "\"");
        QVERIFY(command.ok());
        m_engine->submit(*command, [](const Result<CommandOutcome>&) {});
    }
    const auto someWereSkipped = [&] {
        const std::lock_guard lock(mutex);
        return skipped > 0;
    };
    QTRY_VERIFY(marks() >= 10);
    QTRY_VERIFY(someWereSkipped());
    m_engine->stopTail();
}

void QueryTest::aTailAfterAPageMissesNothingAndDoublesNothing()
{
    EventQuery query;
    query.type = "action.completed";
    const auto page =
        answerOf<EventPage>([&](auto done) { m_engine->events(query, std::move(done)); });
    QVERIFY(page.ok() && !page->rows.empty());
    std::mutex mutex;
    std::vector<EventRow> rows;
    query.after = page->rows.front().id;
    m_engine->tailEvents(query, 100'000, [&](std::vector<EventRow> more, std::uint64_t skipped) {
        const std::lock_guard lock(mutex);
        rows.insert(rows.end(), more.begin(), more.end());
        QCOMPARE(skipped, std::uint64_t{0});
    });
    QTRY_VERIFY([&] {
        const std::lock_guard lock(mutex);
        return rows.size() >= 200;
    }());
    m_engine->stopTail();
    m_watch->letPass(5);
    query.newestFirst = false;
    query.limit = rows.size();
    const auto stored =
        answerOf<EventPage>([&](auto done) { m_engine->events(query, std::move(done)); });
    QCOMPARE(stored->rows.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QVERIFY(rows[i].id == stored->rows[i].id);
    }
}

void QueryTest::historyHasTheSeriesAskedForAndItsMarks()
{
    const auto snapshot = m_watch->until([](const Snapshot& s) { return s.uptime > 1500ms; });
    QVERIFY(snapshot);
    HistoryQuery query{.series = {Series::agentsLive, Series::loadTarget},
                       .range = {snapshot->at - 1h, snapshot->at},
                       .maxPoints = 100'000};
    const auto page =
        answerOf<HistoryPage>([&](auto done) { m_engine->history(query, std::move(done)); });
    QVERIFY2(page.ok(), page.ok() ? "" : page.error().text().c_str());
    QCOMPARE(page->series.size(), 2U);
    QCOMPARE(page->series[0].series, Series::agentsLive);
    const auto& live = page->series[0].points;
    QVERIFY(live.size() > 5);
    QCOMPARE(live.back().value, 20.0);
    QVERIFY(std::is_sorted(live.begin(), live.end(),
                           [](const auto& a, const auto& b) { return a.at < b.at; }));
    QCOMPARE(page->series[1].points.back().value, 500.0);
    QVERIFY(std::any_of(page->marks.begin(), page->marks.end(),
                        [](const Mark& mark) { return mark.kind == "run"; }));
}

void QueryTest::aSessionReadsWhileItIsWritten()
{
    auto session = Session::open(m_fixture->file("query.db"));
    QVERIFY2(session.ok(), session.ok() ? "" : session.error().text().c_str());
    const auto info = (*session)->info();
    QVERIFY(info.ok());
    QCOMPARE(info->runs.size(), 1U);
    QVERIFY(!info->runs[0].endedAt);
    QVERIFY(!info->runs[0].machine.empty());
    QTRY_VERIFY((*session)->info()->events > 10);
}

void QueryTest::exportsCountTheirRows()
{
    (void)m_engine->drain(2s);
    auto session = Session::open(m_fixture->file("query.db"));
    QVERIFY(session.ok());
    for (const auto what : {ExportWhat::metrics, ExportWhat::events}) {
        std::ostringstream out;
        const auto rows = (*session)->exportTo({.what = what, .format = ExportFormat::jsonl}, out);
        QVERIFY2(rows.ok(), rows.ok() ? "" : rows.error().text().c_str());
        const auto text = out.str();
        QVERIFY(*rows > 10);
        QCOMPARE(static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')), *rows);
    }
}

MUSTER_TEST_CASE(QueryTest);
#include "query_test.moc"
