// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <memory>

#include "api/durable_queues.h"
#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

/// Every job fails for good at once.
constexpr const char* kOrders = R"(
[workload]
name = "orders"
[queues.orders]
deliveries = 1
[[agents]]
name = "clerk"
count = 4
action = "ship"
takes = "orders"
[actions.ship]
kind = "synthetic"
service = "shop"
fail = "100%"
failure = "network"
[services.shop]
breaker = { consecutive_failures = 1000, minimum_calls = 100000, open_for = "1h" }
)";

/// No item fits its action: nothing is sent anywhere.
constexpr const char* kWebOrders = R"(
[workload]
name = "web-orders"
[queues.orders]
deliveries = 1
[[agents]]
name = "clerk"
count = 1
action = "ship"
takes = "orders"
[actions.ship]
kind = "http"
url = "{item.order}"
method = "POST"
body = '{"total":{item.total:json}}'
body_type = "json"
headers = { X-Customer = "{item.customer}" }
)";

std::string textOf(const Result<CommandOutcome>& outcome)
{
    return outcome.ok() ? outcome->summary : outcome.error().text();
}

}  // namespace

/// Durable queues and dead letters in the operator's hand.
class QueueCommandsTest : public QObject {
    Q_OBJECT

    [[nodiscard]] Result<CommandOutcome> run(std::string_view line)
    {
        return carryOut(*m_engine, line);
    }
    [[nodiscard]] bool letters(std::uint64_t count)
    {
        return m_watch->until([count](const Snapshot& snapshot) {
            return !snapshot.queues.empty() && snapshot.queues[0].letters == count;
        }) != nullptr;
    }
    void killJobs(int count)
    {
        for (int i = 0; i < count; ++i) {
            const auto pushed = run("queue.push orders item-" + std::to_string(i + 1));
            QVERIFY2(pushed.ok(), textOf(pushed).c_str());
        }
        QVERIFY(letters(static_cast<std::uint64_t>(count)));
    }

    void start(const char* workload)
    {
        m_fixture = std::make_unique<EngineFixture>();
        auto options = m_fixture->options(workload);
        options.trusted = true;
        options.database = m_fixture->file("orders.db");
        auto engine = Engine::start(options);
        QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
        m_engine = *std::move(engine);
        m_watch = std::make_unique<SnapshotWatch>(*m_engine);
        QVERIFY(m_watch->until(RunState::running));
    }
    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<SnapshotWatch> m_watch;

private slots:
    void init() { start(kOrders); }
    void cleanup()
    {
        m_watch.reset();
        m_engine.reset();
        m_fixture.reset();
    }

    void everyCommandAboutQueuesDoesSomething_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("summary");
        const QHash<QByteArray, QByteArrayList> how{
            {"queue.pause", {"", "queue.pause orders", "Queue orders paused"}},
            {"queue.resume", {"queue.pause orders", "queue.resume orders", "Queue orders goes on"}},
            {"queue.push", {"", "queue.push orders more key=k", "Put job 3 in queue orders"}},
            {"queue.set", {"", "queue.set orders lease 1min", "queues.orders.lease is 1min"}},
            {"dead.list",
             {"", "dead.list",
              "2 dead letters: 2 network/unavailable in orders (\"failed as its fail share "
              "says\")"}},
            {"dead.retry",
             {"queue.pause orders", "dead.retry * rate=1/s",
              "2 dead letters will be tried again "
              "at 1/s"}},
            {"dead.stop",
             {"dead.retry * rate=0.001/s", "dead.stop", "1 dead letter stays where they are"}},
            {"dead.edit", {"", "dead.edit 1 better", "Dead letter 1 changed: - item-1; + better"}},
            {"dead.dry_run",
             {"", "dead.dry_run *", "2 of 2 dead letters looked at would be tried again at once"}},
            {"dead.discard",
             {"", "dead.discard id:2 reason=old",
              "1 dead letter discarded; a record of each stays in the session"}},
        };
        for (const auto& info : allCommands()) {
            if (info.name.starts_with("queue.") || info.name.starts_with("dead.")) {
                const QByteArray name(info.name.data(), static_cast<qsizetype>(info.name.size()));
                const auto row = how.value(name);
                QTest::newRow(name) << row.value(0) << row.value(1) << row.value(2);
            }
        }
    }
    void everyCommandAboutQueuesDoesSomething()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, summary);
        QVERIFY2(!line.isEmpty(), "a command of the table that no test carries out");
        killJobs(2);
        if (!before.isEmpty()) {
            const auto prepared = run(before.toStdString());
            QVERIFY2(prepared.ok(), textOf(prepared).c_str());
        }
        const auto outcome = run(line.toStdString());
        QCOMPARE(QByteArray::fromStdString(textOf(outcome)), summary);
        QVERIFY(outcome->affected > 0);
    }

    void whatCannotBeDoneIsRefusedWithASentence_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* line, const char* says) {
            QTest::newRow(line) << QByteArray(line) << QByteArray(says);
        };
        row("queue.pause order", "Name one of orders");
        row("queue.resume orders", "goes on already");
        row("queue.push nowhere x", "there is no queue \"nowhere\"");
        row("queue.push orders x priority=top", "one of low, normal");
        row("queue.set orders leese 5s", "lease");
        row("queue.set orders lease 0s", "not in range");
        row("dead.retry *", "no dead letter that waits is meant");
        row("dead.retry id:x", "expected ids");
        row("dead.edit 99 payload", "there is no dead letter 99");
        row("dead.edit 1 {half", "begins as JSON and is none");
        row("dead.discard *", "reason is missing");
    }
    void whatCannotBeDoneIsRefusedWithASentence()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, says);
        const auto parsed = parseCommand(line.toStdString());
        const auto outcome =
            parsed ? run(line.toStdString()) : Result<CommandOutcome>(parsed.error());
        QVERIFY(!outcome.ok());
        QVERIFY2(outcome.error().text().find(says.toStdString()) != std::string::npos,
                 outcome.error().text().c_str());
    }

    void anUndoTakesItsCommandBack()
    {
        killJobs(1);
        for (const char* line :
             {"queue.pause orders", "queue.set orders lease 1min", "dead.edit 1 better"}) {
            const auto outcome = run(line);
            QVERIFY2(outcome.ok() && outcome->undo, textOf(outcome).c_str());
            const auto undone = run(outcome->undo->text());
            QVERIFY2(undone.ok(), textOf(undone).c_str());
        }
        const auto list =
            answerOf<LetterList>([&](auto done) { m_engine->letters({}, std::move(done)); });
        QCOMPARE(list->rows.at(0).payload, std::string("item-1"));
        const auto snapshot = m_watch->until(
            [](const Snapshot& s) { return !s.queues.empty() && !s.queues[0].paused; });
        QVERIFY(snapshot != nullptr);
        const auto& settings = snapshot->queues[0].settings;
        QVERIFY(std::ranges::find(settings, std::pair<std::string, std::string>("lease", "30s")) !=
                settings.end());
    }

    void aRetryWaitsWhileTheBreakerOfItsServiceIsOpen()
    {
        killJobs(2);
        QVERIFY(run("breaker.set shop forced_open").ok());
        const auto dry = run("dead.dry_run *");
        QVERIFY2(
            dry && dry->summary.find("the breaker of shop is forced_open") != std::string::npos,
            textOf(dry).c_str());
        QVERIFY(run("dead.retry * rate=1000/s").ok());
        const auto held = m_watch->until([](const Snapshot& s) {
            return s.queues.at(0).standstill.find("breaker") != std::string::npos;
        });
        QVERIFY(held != nullptr);
        QCOMPARE(held->queues[0].letters, std::uint64_t{2});
        QCOMPARE(held->queues[0].retrying, std::uint64_t{2});
        QVERIFY(run("breaker.set shop disabled").ok());
        QVERIFY(m_watch->until([](const Snapshot& s) { return s.queues.at(0).pushed == 4; }));
        QVERIFY(letters(2));  // they failed again, as letters of their own
        const auto list =
            answerOf<LetterList>([&](auto done) { m_engine->letters({}, std::move(done)); });
        QVERIFY(list->rows.at(0).cause != 0 && list->rows[0].id > 2);
    }

    void aDryRunNamesTheParameterThatWouldBeMissingOrWrong()
    {
        cleanup();
        start(kWebOrders);
        QVERIFY(run("queue.push orders item-1").ok());
        const Command push{"queue.push", {{"queue", "orders"}, {"payload", "{\"id\":2}"}}};
        QVERIFY(run(push.text()).ok());
        QVERIFY(letters(2));
        const auto preview = [this](std::uint64_t id, std::optional<std::string> payload) {
            LetterQuery query;
            query.ids = {id};
            const auto found = answerOf<std::vector<RetryPreview>>([&](auto done) {
                m_engine->previewRetry(query, std::move(payload), std::move(done));
            });
            return found->at(0).findings;
        };
        using Findings = std::vector<std::string>;
        const std::string noJson = "the item is no JSON object, and so has no fields";
        QVERIFY((preview(1, std::nullopt) ==
                 Findings{"action ship, url: " + noJson, "action ship, body: " + noJson,
                          "action ship, headers.X-Customer: " + noJson}));
        QVERIFY((preview(2, std::nullopt) ==
                 Findings{"action ship, url: the item has no field order",
                          "action ship, body: the item has no field total",
                          "action ship, headers.X-Customer: the item has no field customer"}));
        QVERIFY((
            preview(2, "{\"order\":\"http://127.0.0.1:9/7\",\"total\":3,\"customer\":\"a\\nb\"}") ==
            Findings{"action ship, headers.X-Customer: a line's end cannot stand in a "
                     "header"}));
        QVERIFY((preview(2, "{\"order\":\"shop/7\",\"total\":3,\"customer\":\"eve\"}") ==
                 Findings{"action ship, url: expected http://… or https://…, found \"shop/7\""}));
        QVERIFY(preview(2, "{\"order\":\"http://127.0.0.1:9/7\",\"total\":3,\"customer\":\"eve\"}")
                    .empty());
        QCOMPARE(QString::fromStdString(textOf(run("dead.dry_run id:1"))),
                 QString::fromStdString("0 of 1 dead letter looked at would be tried again at "
                                        "once; 1: action ship, url: " +
                                        noJson + ", action ship, body: " + noJson +
                                        ", action ship, headers.X-Customer: " + noJson));
        (void)m_engine->drain(2s);
        auto surgery = QueueSurgery::open(m_fixture->file("orders.db")).value();
        LetterQuery second;
        second.ids = {2};
        QVERIFY(surgery->dryRun(second)->at(0).passes);  // of the actions nothing is known
        QCOMPARE(surgery->dryRun(second, m_fixture->file("workload.toml"))->at(0).findings.size(),
                 std::size_t{3});
        QVERIFY(!surgery->dryRun(second, m_fixture->file("nowhere.toml")).ok());
    }

    void lettersThatWaitNeedAttentionAndMoreSoWhileTheyGrow()
    {
        const auto said = [this](Severity severity, const char* text) {
            return m_watch->until([=](const Snapshot& snapshot) {
                return std::ranges::any_of(snapshot.attention, [=](const AttentionItem& item) {
                    return item.severity == severity && item.text == text &&
                           item.command == "page:queues";
                });
            }) != nullptr;
        };
        killJobs(2);
        QVERIFY(
            said(Severity::warning, "2 dead letters wait in queue orders, 2 in the last minute"));
        QVERIFY(m_watch->until([](const Snapshot& snapshot) {
            return snapshot.frame.values[static_cast<std::size_t>(Series::jobsLetters)] == 2 &&
                   std::isfinite(
                       snapshot.frame.values[static_cast<std::size_t>(Series::jobsDoneRate)]);
        }));
        QVERIFY(run("queue.set orders dead_letters 2").ok());
        QVERIFY(said(Severity::critical,
                     "Queue orders stands still: 2 dead letters, as many as may wait"));
        QVERIFY(run("dead.discard id:1 reason=old").ok());
        m_engine->requestStop();
        QVERIFY(said(Severity::info, "1 dead letter waits in queue orders"));
        cleanup();
        init();
        killJobs(1);
        QVERIFY(run("dead.discard * reason=old").ok());
        QVERIFY(m_watch->until([](const Snapshot& snapshot) {
            return std::ranges::none_of(snapshot.attention, [](const AttentionItem& item) {
                return item.command == "page:queues";
            });
        }));
    }

    void lettersAreSeenInTheSessionOnceTheRunIsOver()
    {
        killJobs(3);
        QVERIFY(run("dead.discard id:1 reason=\"test data\"").ok());
        QVERIFY(!QueueSurgery::open(m_fixture->file("orders.db")).ok());
        (void)m_engine->drain(2s);
        auto session = Session::open(m_fixture->file("orders.db")).value();
        const auto queues = session->queues().value();
        QCOMPARE(queues.size(), std::size_t{1});
        QCOMPARE(queues[0].letters, std::uint64_t{2});
        LetterQuery all;
        all.all = true;
        const auto list = session->letters(all).value();
        QCOMPARE(list.total, std::uint64_t{3});
        QCOMPARE(list.rows.back().state, std::string("discarded"));
        QCOMPARE(list.rows.back().reason, std::string("test data"));
        EventQuery events;
        events.type = "queue.*";
        const auto page = session->events(events);
        QVERIFY(page->rows.size() >= 4);
    }

    void settingsAreInTheVersionsAndComeBackWithThem()
    {
        const auto lease = [this](const char* value) {
            return m_watch->until([=](const Snapshot& snapshot) {
                const auto& settings = snapshot.queues.at(0).settings;
                return std::ranges::find(settings, std::pair<std::string, std::string>(
                                                       "lease", value)) != settings.end();
            }) != nullptr;
        };
        const auto history = [this] {
            return (*Session::open(m_fixture->file("orders.db")))->configurations().value();
        };
        QVERIFY(lease("30s"));
        QVERIFY(run("queue.set orders lease 1min").ok());
        const Command give{"queue.set",
                           {{"queue", "orders"}, {"key", "give_up"}, {"value", "[\"network\"]"}}};
        const auto set = run(give.text());
        QVERIFY2(set && set->undo, textOf(set).c_str());
        auto all = history();
        QCOMPARE(all.versions.size(), std::size_t{3});
        QVERIFY(all.versions[2].document.find("\"lease\":\"1min\"") != std::string::npos);
        QVERIFY(run(set->undo->text()).ok());
        QCOMPARE(history().versions.back().document, all.versions[1].document);
        QVERIFY(run("config.rollback 1").ok());
        QVERIFY(lease("30s"));
        QCOMPARE(history().versions.back().document, all.versions[0].document);
        QVERIFY(run("config.rollback 3").ok());
        QCOMPARE(history().versions.back().document, all.versions[2].document);
        (void)m_engine->drain(2s);
        m_watch.reset();
        auto options = m_fixture->options(kOrders);
        options.database = m_fixture->file("orders.db");
        options.configuration = StartConfiguration::kept;
        m_engine = Engine::start(options).value();
        m_watch = std::make_unique<SnapshotWatch>(*m_engine);
        QVERIFY(m_watch->until(RunState::running));
        QVERIFY(lease("1min"));
    }

    void aDiffShowsWhatChangedKeyByKey()
    {
        const auto diff = payloadDiff("{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}");
        QVERIFY((diff == std::vector<std::string>{"  {", "    \"a\": 1,", "-   \"b\": 2",
                                                  "+   \"b\": 3", "  }"}));
        QVERIFY((payloadDiff("one\ntwo", "one") == std::vector<std::string>{"  one", "- two"}));
    }
};

MUSTER_TEST_CASE(QueueCommandsTest);

#include "queue_commands_test.moc"
