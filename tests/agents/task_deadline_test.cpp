// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "agents/task_agent.h"
#include "documents/json.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster::tests {

namespace {

/// What became of each piece of work.
class Outcomes final : public ResultSink, public JobBoard {
public:
    void result(const ResultRow&) override {}
    void error(const ErrorRow& row) override
    {
        const std::lock_guard lock(m_mutex);
        m_errors.push_back(std::string(row.action) + ' ' + std::to_string(row.number) + ' ' +
                           std::string(toString(row.failure)));
    }
    void ended(JobEnd end, std::uint32_t, std::uint64_t, MonoTime,
               std::unique_ptr<const std::string>) noexcept override
    {
        (end == JobEnd::ok ? ok : notOk).raise();
    }
    [[nodiscard]] std::vector<std::string> errors() const
    {
        const std::lock_guard lock(m_mutex);
        return m_errors;
    }

    Signal ok;
    Signal notOk;

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_errors;
};

/// Holds its thread as a kernel that does not answer does; or only until it is told to stop.
class Stuck final : public Action {
public:
    explicit Stuck(bool looks) : m_looks(looks) {}
    [[nodiscard]] ActionOutcome run(const ActionCall& call) const override
    {
        begun.raise();
        if (m_looks) {
            while (!call.expired()) {
                std::this_thread::yield();
            }
        } else {
            release.wait();
        }
        over.raise();
        return Fields{};
    }
    [[nodiscard]] ActionPlan plan(const ActionCall&, const Rng&) const override { return {}; }
    [[nodiscard]] ActionOutcome outcome(const ActionCall&, const ActionPlan&,
                                        const Rng&) const override
    {
        return Fields{};
    }

    mutable std::latch release{1};
    mutable Signal begun, over;

private:
    bool m_looks;
};

constexpr std::uint32_t kThreads = 3;
constexpr std::uint32_t kJobs = 12;

RuntimeOptions threaded()
{
    RuntimeOptions options;
    options.workers = 2;
    options.blockingThreads = kThreads;
    return options;
}

}  // namespace

class TaskDeadlineTest : public QObject {
    Q_OBJECT

    ActionRegistry m_registry = builtInActions();
    Outcomes m_outcomes;

    [[nodiscard]] TaskSetup::Options options(const char* name, const char* kind,
                                             const char* parameters)
    {
        TaskSetup::Options options;
        options.action = name;
        options.info = m_registry.find(kind);
        options.perform = options.info->make(parseJson(parameters, "test").value()).value();
        options.results = &m_outcomes;
        return options;
    }
    [[nodiscard]] ItemJob job(std::uint64_t number, MonoTime due, const std::string& item = "a")
    {
        return {m_outcomes, number, 0, due, std::make_unique<const std::string>(item)};
    }

private slots:
    void anItemHasWhatIsLeftOfItsDeadlineInTheGroupsThatFollow()
    {
        TestRuntime runtime;
        auto first =
            options("first", "synthetic", R"({"wait":{"shape":"constant","mean":"600ms"}})");
        first.deadline = 1s;
        auto second =
            options("second", "synthetic", R"({"wait":{"shape":"constant","mean":"300ms"}})");
        TaskSetup begins(*runtime, first);
        TaskSetup follows(*runtime, second);
        begins.handOnTo(&follows);
        std::vector<AgentId> agents;
        for (int i = 0; i < 3; ++i) {
            agents.push_back(runtime->create<TaskAgent>({}, std::ref(begins)).value());
        }
        follows.takeTurns({runtime->create<TaskAgent>({}, std::ref(follows)).value()});
        // All come to the second group after 600 ms. The first is through after 900, the second is
        // cut off at 1,000, and the third, which would have had its turn then, is not begun.
        for (std::uint64_t i = 0; i < agents.size(); ++i) {
            runtime->send(agents[i], job(i, runtime.now()));
        }
        runtime.pass(900ms);
        QVERIFY(m_outcomes.ok.wait(1));
        QCOMPARE(m_outcomes.errors().size(), std::size_t{0});
        runtime.pass(100ms);
        auto errors = m_outcomes.errors();
        QCOMPARE(errors.size(), std::size_t{2});
        QVERIFY(errors[0] != errors[1]);
        for (const std::string& error : errors) {
            QVERIFY2(error.starts_with("second ") && error.ends_with(" timeout"), error.c_str());
        }
        QVERIFY(m_outcomes.notOk.wait(2));
        runtime.pass(5s);
        QCOMPARE(m_outcomes.errors().size(), std::size_t{2});  // none is counted twice
        runtime.end();
    }
    void anItemThatIsTooLateIsNotBegun()
    {
        TestRuntime runtime;
        Outcomes outcomes;
        auto late = options("late", "synthetic", R"({"wait":{"shape":"constant","mean":"400ms"}})");
        late.deadline = 500ms;
        late.results = &outcomes;
        TaskSetup setup(*runtime, late);
        const AgentId agent = runtime->create<TaskAgent>({}, std::ref(setup)).value();
        for (std::uint64_t i = 0; i < 3; ++i) {
            runtime->send(agent, ItemJob(outcomes, i, 0, runtime.now(), nullptr));
        }
        runtime.pass(500ms);
        QCOMPARE(outcomes.errors(), (std::vector<std::string>{"late 1 timeout", "late 2 timeout"}));
        runtime.end();
    }
    void slowReadsDoNotUseUpThePool()
    {
        QTemporaryDir directory;
        const auto path = [&](const char* name) {
            return directory.path().toStdString() + '/' + name;
        };
        std::ofstream(path("huge")) << "x";
        std::filesystem::resize_file(path("huge"), std::uintmax_t{1} << 40);
        std::ofstream(path("small")) << "a line\n";
        QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
        TestRuntime runtime(threaded());
        Outcomes outcomes;
        auto digest = options("digest", "files.digest", "{}");
        digest.timeout = 200ms;
        digest.results = &outcomes;
        TaskSetup setup(*runtime, digest);
        const auto give = [&](std::uint64_t number, const char* name) {
            const AgentId agent = runtime->create<TaskAgent>({}, std::ref(setup)).value();
            runtime->send(agent, ItemJob(outcomes, number, 0, runtime.now(),
                                         std::make_unique<const std::string>(path(name))));
        };
        for (std::uint32_t i = 0; i < kJobs; ++i) {
            give(i, i % 2 == 0 ? "huge" : "pipe");
        }
        QVERIFY(outcomes.notOk.wait(kJobs));
        give(kJobs, "small");
        QVERIFY(outcomes.ok.wait());
        int late = 0;
        for (const std::string& error : outcomes.errors()) {
            late += error.ends_with("timeout") ? 1 : 0;
        }
        QVERIFY(late >= static_cast<int>(kJobs / 2));
        runtime.end();  // and no read goes on
    }
    void anAgentGoesOnWithoutAnActionThatTheKernelHolds()
    {
        TestRuntime runtime(threaded());
        Outcomes outcomes;
        MetricRegistry metrics;
        const auto stuck = std::make_shared<Stuck>(false);
        auto held = options("held", "files.digest", "{}");
        held.perform = stuck;
        held.timeout = 20ms;
        held.results = &outcomes;
        held.metrics = &metrics;
        TaskSetup setup(*runtime, held);
        for (std::uint32_t i = 0; i < kThreads + 1; ++i) {
            const AgentId agent = runtime->create<TaskAgent>({}, std::ref(setup)).value();
            runtime->send(agent, ItemJob(outcomes, i, 0, runtime.now(), nullptr));
        }
        QVERIFY(outcomes.notOk.wait(kThreads + 1));
        QCOMPARE(metrics.counter("actions.abandoned", {{"action", "held"}}).value(),
                 std::uint64_t{kThreads + 1});
        stuck->release.count_down();
        QVERIFY(stuck->over.wait(kThreads));
        for (const std::string& error : outcomes.errors()) {
            QVERIFY2(error.ends_with("timeout"), error.c_str());
        }
        runtime.end();
        // The one that waited for a thread was not begun after its time.
        QVERIFY(!stuck->begun.wasRaised(kThreads + 1));
    }
    void anActionWhoseAgentEndedIsToldToStop()
    {
        TestRuntime runtime(threaded());
        Outcomes outcomes;
        const auto stuck = std::make_shared<Stuck>(true);
        auto endless = options("endless", "files.digest", "{}");
        endless.perform = stuck;
        endless.results = &outcomes;
        TaskSetup setup(*runtime, endless);
        const AgentId agent = runtime->create<TaskAgent>({}, std::ref(setup)).value();
        runtime->send(agent, ItemJob(outcomes, 1, 0, runtime.now(), nullptr));
        QVERIFY(stuck->begun.wait());
        QVERIFY(runtime->kill(agent).ok());
        QVERIFY(stuck->over.wait());
        QVERIFY(outcomes.notOk.wait());
        runtime.end();
    }
    void computingStopsAtItsTimeout()
    {
        TestRuntime runtime(threaded());
        Outcomes outcomes;
        auto busy = options("busy", "synthetic", R"({"compute":{"shape":"constant","mean":"1s"}})");
        busy.timeout = 30ms;
        busy.results = &outcomes;
        TaskSetup setup(*runtime, busy);
        const AgentId agent = runtime->create<TaskAgent>({}, std::ref(setup)).value();
        const MonoTime begun = runtime.now();
        runtime->send(agent, Job(outcomes, 1, 0, begun));
        QVERIFY(outcomes.notOk.wait());
        QCOMPARE(outcomes.errors(), std::vector<std::string>{"busy 1 timeout"});
        QVERIFY(runtime.now() - begun < 900ms);
        runtime.end();
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::TaskDeadlineTest);
#include "task_deadline_test.moc"
