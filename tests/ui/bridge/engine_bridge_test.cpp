// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/engine_bridge.h"

#include <QSignalSpy>
#include <latch>
#include <thread>

#include "support/test_case.h"
#include "ui/support/fake_source.h"

namespace muster::tests {

using ui::EngineBridge;
using Mode = EngineBridge::Mode;

class EngineBridgeTest : public QObject {
    Q_OBJECT

    std::shared_ptr<FakeSource> m_source;
    std::unique_ptr<EngineBridge> m_bridge;

    void runSomething()
    {
        m_bridge->start({});
        QTRY_COMPARE(m_bridge->mode(), Mode::live);
    }

private slots:
    void init()
    {
        m_source = std::make_shared<FakeSource>();
        m_bridge = std::make_unique<EngineBridge>(sourcesOf(m_source));
    }

    void cleanup()
    {
        m_bridge.reset();
        m_source.reset();
    }

    void starting_an_engine_returns_before_it_is_there()
    {
        std::latch mayStart(1);
        auto sources = sourcesOf(m_source);
        sources.start = [&mayStart, this](const EngineOptions&, EngineStartup&) {
            mayStart.wait();
            return ui::DataSources::Made(m_source);
        };
        m_bridge = std::make_unique<EngineBridge>(sources);
        m_bridge->start({});
        QCOMPARE(m_bridge->mode(), Mode::opening);
        mayStart.count_down();
        QTRY_COMPARE(m_bridge->mode(), Mode::live);
    }

    void a_workload_that_is_wrong_is_told_and_leaves_nothing_open()
    {
        const Error wrong{ErrorCode::invalidArgument, "unknown key 'cuont'", "a.toml:7",
                          "Did you mean 'count'?"};
        auto sources = sourcesOf(m_source);
        sources.start = [wrong](const EngineOptions&, EngineStartup& startup) {
            startup.services = {{"storage", {}, 0, ServiceState::failed, {}, {}}};
            return ui::DataSources::Made(wrong);
        };
        m_bridge = std::make_unique<EngineBridge>(sources);
        QSignalSpy failed(m_bridge.get(), &EngineBridge::openFailed);
        m_bridge->start({});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed[0][0].value<Error>(), wrong);
        QCOMPARE(m_bridge->mode(), Mode::empty);
        QCOMPARE(m_bridge->startup().services.size(), std::size_t{1});
        m_bridge->openSession("other.db");
        QTRY_COMPARE(m_bridge->mode(), Mode::live);
        QVERIFY(m_bridge->startup().services.empty());
    }

    void of_many_snapshots_the_newest_is_handed_over_once()
    {
        runSomething();
        QSignalSpy ready(m_bridge.get(), &EngineBridge::snapshotReady);
        std::thread engine([this] {
            for (std::uint64_t number = 1; number <= 100; ++number) {
                m_source->publish(busySnapshot(number));
            }
        });
        engine.join();
        QTRY_COMPARE(ready.size(), 1);
        QCOMPARE(m_bridge->snapshot()->sequence, std::uint64_t{100});
        m_source->publish(busySnapshot(101));
        QTRY_COMPARE(ready.size(), 2);
    }

    void an_answer_comes_on_the_screens_thread()
    {
        runSomething();
        std::thread::id where;
        m_bridge->agents({}, this, [&where](const Result<AgentPage>& page) {
            QCOMPARE(page->matching, std::uint64_t{1'000});
            where = std::this_thread::get_id();
        });
        QCOMPARE(where, std::thread::id{});
        QTRY_COMPARE(where, std::this_thread::get_id());
    }

    void an_answer_whose_asker_is_gone_is_dropped()
    {
        runSomething();
        bool answered = false;
        auto asker = std::make_unique<QObject>();
        m_bridge->agents({}, asker.get(), [&answered](const auto&) { answered = true; });
        asker.reset();
        bool later = false;
        m_bridge->agents({}, this, [&later](const auto&) { later = true; });
        QTRY_VERIFY(later);
        QVERIFY(!answered);
    }

    void without_a_run_every_question_is_answered_with_what_to_do()
    {
        std::string answer;
        m_bridge->agents(
            {}, this, [&answer](const Result<AgentPage>& page) { answer = page.error().text(); });
        QTRY_COMPARE(answer, "Nothing is running. Run a workload from the Start page first");
    }

    void locked_read_only_refuses_what_changes_and_lets_the_rest_pass()
    {
        runSomething();
        m_bridge->setReadOnly(true);
        int refused = 0;
        int passed = 0;
        const auto count = [&](const Result<CommandOutcome>& outcome) {
            ++(outcome.ok() ? passed : refused);
        };
        m_bridge->submit({"load.pause", {}, "operator"}, this, count);
        m_bridge->submit({"no.such", {}, "operator"}, this, count);
        m_bridge->submit({"log.level", {}, "operator"}, this, count);
        QTRY_COMPARE(refused + passed, 3);
        QCOMPARE(refused, 2);
        QCOMPARE(m_source->commands().size(), std::size_t{1});
        m_bridge->setReadOnly(false);
        m_bridge->submit({"load.pause", {}, "operator"}, this, count);
        QTRY_COMPARE(passed, 2);
    }

    void rows_of_a_tail_that_was_replaced_are_dropped()
    {
        runSomething();
        int first = 0;
        int second = 0;
        m_bridge->tailEvents({}, 100, this, [&first](const auto&, auto) { ++first; });
        QVERIFY(m_source->emitEvents({eventRow(1)}));
        m_bridge->tailEvents({}, 100, this, [&second](const auto&, auto) { ++second; });
        QVERIFY(m_source->emitEvents({eventRow(2)}));
        QTRY_COMPARE(second, 1);
        QCOMPARE(first, 0);
    }

    void closing_drains_in_the_background_and_tells_the_summary()
    {
        runSomething();
        std::latch mayEnd(1);
        m_source->onDrain = [&mayEnd](Duration bound) {
            mayEnd.wait();
            RunSummary summary;
            summary.wall = bound;
            summary.notStopped = {"digest-7"};
            return summary;
        };
        QSignalSpy ended(m_bridge.get(), &EngineBridge::runEnded);
        m_bridge->close(std::chrono::seconds(3));
        QCOMPARE(m_bridge->mode(), Mode::closing);
        mayEnd.count_down();
        QTRY_COMPARE(m_bridge->mode(), Mode::empty);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended[0][0].value<RunSummary>().notStopped, std::vector<std::string>{"digest-7"});
    }

    void a_run_that_ends_by_itself_is_summed_up_once_and_stays_open()
    {
        runSomething();
        QSignalSpy ended(m_bridge.get(), &EngineBridge::runEnded);
        for (std::uint64_t number = 1; number <= 3; ++number) {
            auto last = busySnapshot(number);
            last->state = RunState::finished;
            m_source->publish(last);
            QTRY_VERIFY(m_bridge->snapshot() && m_bridge->snapshot()->sequence == number);
        }
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(m_bridge->mode(), Mode::live);
        m_bridge->close();
        QTRY_COMPARE(m_bridge->mode(), Mode::empty);
        QCOMPARE(ended.size(), 1);
    }

    void opening_another_closes_what_was_open()
    {
        runSomething();
        // Shared: what is open at the end is drained after this frame is gone.
        const auto drains = std::make_shared<std::atomic<int>>(0);
        m_source->onDrain = [drains](Duration) { return ++*drains, RunSummary{}; };
        m_bridge->openSession("/tmp/other.db");
        QCOMPARE(m_bridge->mode(), Mode::opening);
        QTRY_COMPARE(m_bridge->mode(), Mode::live);
        QCOMPARE(drains->load(), 1);
    }
};

MUSTER_TEST_CASE(EngineBridgeTest);

}  // namespace muster::tests

#include "engine_bridge_test.moc"
