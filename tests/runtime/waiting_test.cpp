// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

struct Question {
    int number;
};
struct Answer {
    int number;
};
struct Other {};
struct Defer {};
struct Release {};

/// Answers after a while, at once, later, wrongly, or never.
class Oracle : public Agent<Oracle, Handles<Question, Other, Defer, Release>> {
public:
    explicit Oracle(Duration thinks) : m_thinks(thinks) {}
    Async<Answer> handle(const Question& question)
    {
        co_await delay(m_thinks);
        if (question.number < 0) {
            throw std::runtime_error("no such question");
        }
        co_return Answer{question.number * 2};
    }
    Result<Answer> handle(const Other&)
    {
        return Error{ErrorCode::permissionDenied, "ask somebody else", "", ""};
    }
    void handle(const Defer&) { m_later.push_back(replyLater()); }
    void handle(const Release&)
    {
        if (!m_later.empty()) {
            m_later.back().reply(Answer{7});
        }
        m_later.clear();
    }

private:
    Duration m_thinks;
    std::vector<ReplyLater> m_later;
};

struct AskOracle {
    AgentId oracle;
    int number;
    Duration deadline;
};
struct Note {
    std::string text;
};
struct Work {
    int number;
};

using Log = std::shared_ptr<std::vector<std::string>>;

/// Asks and notes what came of it; notes other mail, too.
class Asker : public Agent<Asker, Handles<AskOracle, Note, Work, Tick>> {
public:
    explicit Asker(Log log) : m_log(std::move(log)) {}
    Async<Answer> handle(const AskOracle& what)
    {
        const int number = what.number;
        Question question{number};
        const Result<Answer> answer = co_await ask<Answer>(what.oracle, question, what.deadline);
        m_log->push_back(answer.ok() ? "answer " + std::to_string(answer->number)
                                     : std::string(toString(answer.error().code)));
        co_return answer.ok() ? *answer : Answer{-1};
    }
    void handle(const Note& note) { m_log->push_back(note.text); }
    Async<void> handle(const Work& work)
    {
        const int number = work.number;
        const auto job = [number] {
            if (number < 0) {
                throw std::runtime_error("the disk is on fire");
            }
            return number + 1;
        };
        const Result<int> done = co_await blocking(job);
        m_log->push_back("worked " + std::to_string(done.value()));
    }
    Async<void> handle(const Tick&)
    {
        const int deep = co_await descend(20);
        m_log->push_back("depth " + std::to_string(deep));
    }

private:
    Async<int> descend(int levels)
    {
        if (levels == 0) {
            co_await delay(1ms);
            co_return 0;
        }
        const int below = co_await descend(levels - 1);
        co_return below + 1;
    }

    Log m_log;
};

class InterleavingAsker : public Agent<InterleavingAsker, Handles<AskOracle, Note>> {
public:
    static constexpr bool kInterleaves = true;
    explicit InterleavingAsker(Log log) : m_log(std::move(log)) {}
    Async<void> handle(const AskOracle& what)
    {
        Question question{what.number};
        const Result<Answer> answer = co_await ask<Answer>(what.oracle, question, what.deadline);
        m_log->push_back("answer " + std::to_string(answer->number));
    }
    void handle(const Note& note) { m_log->push_back(note.text); }

private:
    Log m_log;
};

}  // namespace

class WaitingTest : public QObject {
    Q_OBJECT

    using Lines = std::vector<std::string>;
    static Log newLog() { return std::make_shared<Lines>(); }

private slots:
    void anAskFromAnAgentGetsTheReply()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1ms)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        QCOMPARE(runtime.ask<Answer>(asker, AskOracle{oracle, 21, 1s}).value().number, 42);
        QCOMPARE(*log, Lines{"answer 42"});
        QCOMPARE(runtime->counters().asks, std::uint64_t{2});
    }
    void anAskEndsAtItsDeadlineAndTheLateReplyIsCountedNotDelivered()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(10s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, AskOracle{oracle, 1, 2s});
        runtime.pass(2s - 1ns);
        QCOMPARE(*log, Lines{});
        runtime.pass(1ns);
        QCOMPARE(*log, Lines{"timed_out"});
        QCOMPARE(runtime->counters().asksTimedOut, std::uint64_t{1});
        QCOMPARE(runtime->counters().droppedBy(DropCause::lateReply), std::uint64_t{0});
        runtime.pass(10s);
        QCOMPARE(*log, Lines{"timed_out"});
        QCOMPARE(runtime->counters().droppedBy(DropCause::lateReply), std::uint64_t{1});
    }
    void theSameHoldsForAnAskFromOutside()
    {
        TestRuntime runtime;
        const AgentId oracle = runtime->create<Oracle>({}, Duration(10s)).value();
        int calls = 0;
        std::optional<ErrorCode> code;
        runtime->ask<Answer>(oracle, Question{1}, 2s, [&](Result<Answer> answer) {
            ++calls;
            code = answer.error().code;
        });
        runtime.pass(2s);
        QCOMPARE(calls, 1);
        SAME(code, std::optional(ErrorCode::timedOut));
        runtime.pass(20s);
        QCOMPARE(calls, 1);
        QCOMPARE(runtime->counters().droppedBy(DropCause::lateReply), std::uint64_t{1});
    }
    void whatIsAskedWhileARequestIsHandledHasNoLongerThanItsDeadline()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(10s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        std::optional<ErrorCode> code;
        runtime->ask<Answer>(asker, AskOracle{oracle, 1, 1h}, 2s,
                             [&](Result<Answer> answer) { code = answer.error().code; });
        runtime.pass(2s - 1ns);
        QCOMPARE(*log, Lines{});
        runtime.pass(1ns);
        SAME(code, std::optional(ErrorCode::timedOut));
        QCOMPARE(*log, Lines{"timed_out"});
        // A plain send carries none.
        runtime.pass(10s);
        runtime->send(asker, AskOracle{oracle, 4, 1h});
        runtime.pass(10s);
        QCOMPARE(*log, (Lines{"timed_out", "answer 8"}));
    }
    void aRequestIsNotHandledOnceItsDeadlineHasPassed()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(10s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, AskOracle{oracle, 1, 1h});  // for ten seconds it does nothing else
        std::vector<ErrorCode> codes;
        const auto take = [&](Result<Answer> answer) {
            codes.push_back(answer.ok() ? ErrorCode::internal : answer.error().code);
        };
        runtime->ask<Answer>(asker, AskOracle{oracle, 2, 1h}, 3s, take);
        runtime->ask<Answer>(asker, AskOracle{oracle, 3, 1h}, 1h, take);
        runtime.pass(10s);
        SAME(codes, std::vector{ErrorCode::timedOut});
        QCOMPARE(runtime->counters().droppedBy(DropCause::tooLate), std::uint64_t{1});
        runtime.pass(10s);
        QCOMPARE(*log, (Lines{"answer 2", "answer 6"}));
        QCOMPARE(codes.size(), std::size_t{2});
        QCOMPARE(runtime->counters().droppedBy(DropCause::tooLate), std::uint64_t{1});
    }
    void askingNobodyOrOneThatEndsFailsAtOnce()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(10s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, AskOracle{AgentId{99, 1}, 1, 2s});
        runtime.settle();
        QCOMPARE(*log, Lines{"not_found"});
        runtime->send(asker, AskOracle{oracle, 1, 100s});
        runtime.settle();
        QVERIFY(runtime->kill(oracle).ok());
        runtime.settle();
        QCOMPARE(*log, (Lines{"not_found", "not_found"}));
    }
    void anErrorFromTheHandlerIsTheAskersAndNoCrash()
    {
        TestRuntime runtime;
        const AgentId oracle = runtime->create<Oracle>({}, Duration(0)).value();
        SAME(runtime.ask<Answer>(oracle, Other{}).error().code, ErrorCode::permissionDenied);
        QVERIFY(runtime->directory().alive(oracle));
    }
    void aReplyOfAnotherTypeIsAnErrorThatNamesBoth()
    {
        TestRuntime runtime;
        const AgentId oracle = runtime->create<Oracle>({}, Duration(0)).value();
        const auto wrong = runtime.ask<Note>(oracle, Question{1});
        QVERIFY(wrong.error().message.find("Answer") != std::string::npos);
        QVERIFY(wrong.error().message.find("Note") != std::string::npos);
    }
    void aHandlerThatThrowsAfterAWaitCrashesItsAgent()
    {
        TestRuntime runtime;
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1ms)).value();
        const auto failed = runtime.ask<Answer>(oracle, Question{-1});
        SAME(failed.error().code, ErrorCode::unavailable);
        QVERIFY(failed.error().message.find("no such question") != std::string::npos);
        QVERIFY(!runtime->directory().alive(oracle));
    }
    void aReplyMayComeLaterFromAnotherHandler()
    {
        TestRuntime runtime;
        const AgentId oracle = runtime->create<Oracle>({}, Duration(0)).value();
        std::vector<Result<Answer>> got;
        const auto take = [&got](Result<Answer> answer) { got.push_back(std::move(answer)); };
        runtime->ask<Answer>(oracle, Defer{}, 10s, take);
        runtime->ask<Answer>(oracle, Defer{}, 10s, take);
        runtime.settle();
        QCOMPARE(got.size(), std::size_t{0});
        runtime->send(oracle, Release{});
        runtime.settle();
        QCOMPARE(got.size(), std::size_t{2});
        QCOMPARE(got[0].value().number, 7);
        // The other one was dropped unused.
        SAME(got[1].error().code, ErrorCode::unavailable);
    }
    void mailWaitsWhileAHandlerWaits()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, AskOracle{oracle, 1, 5s});
        runtime->send(asker, Note{"after"});
        runtime.settle();
        SAME(runtime.stateOf(asker), AgentState::busy);
        QCOMPARE(runtime->directory().detail(asker).value().row.mailbox, std::uint64_t{1});
        QCOMPARE(runtime->directory().counts().in(AgentState::busy), std::uint64_t{2});
        runtime.pass(1s);
        QCOMPARE(*log, (Lines{"answer 2", "after"}));
        SAME(runtime.stateOf(asker), AgentState::ready);
        QCOMPARE(runtime->directory().counts().in(AgentState::busy), std::uint64_t{0});
    }
    void anInterleavingAgentHandlesOtherMailMeanwhile()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId slow = runtime->create<Oracle>({}, Duration(2s)).value();
        const AgentId quick = runtime->create<Oracle>({}, Duration(1s)).value();
        const AgentId asker = runtime->create<InterleavingAsker>({}, log).value();
        runtime->send(asker, AskOracle{slow, 1, 5s});
        runtime->send(asker, AskOracle{quick, 2, 5s});
        runtime->send(asker, Note{"meanwhile"});
        runtime.pass(3s);
        QCOMPARE(*log, (Lines{"meanwhile", "answer 4", "answer 2"}));
    }
    void aSuspendedAgentDoesNotResumeAWaitingHandler()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1s)).value();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, AskOracle{oracle, 1, 60s});
        runtime.settle();
        QVERIFY(runtime->suspend(asker).ok());
        runtime.pass(10s);
        QCOMPARE(*log, Lines{});
        QVERIFY(runtime->resume(asker).ok());
        runtime.settle();
        QCOMPARE(*log, Lines{"answer 2"});
    }
    void stopLetsAWaitingHandlerFinishAndKillDoesNot()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1s)).value();
        const AgentId polite = runtime->create<Asker>({}, log).value();
        const AgentId killed = runtime->create<Asker>({}, log).value();
        for (const AgentId asker : {polite, killed}) {
            runtime->send(asker, AskOracle{oracle, 1, 60s});
            runtime->send(asker, Note{"never"});
        }
        runtime.settle();
        QVERIFY(runtime->stop(polite).ok());
        QVERIFY(runtime->kill(killed).ok());
        runtime.settle();
        QVERIFY(runtime->directory().alive(polite));
        QVERIFY(!runtime->directory().alive(killed));
        runtime.pass(10s);
        QVERIFY(!runtime->directory().alive(polite));
        QCOMPARE(*log, Lines{"answer 2"});
        QCOMPARE(runtime->counters().droppedBy(DropCause::ended), std::uint64_t{3});
    }
    void coroutinesCallEachOtherToAnyDepth()
    {
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, Tick{});
        runtime.pass(1ms);
        QCOMPARE(*log, Lines{"depth 20"});
    }
    void blockingWorkResumesOnTheAgentWithItsResult()
    {
        TestRuntime runtime({.scheduler = SchedulerKind::simulated,
                             .blockingDuration = [] { return Duration(3ms); }});
        const Log log = newLog();
        const AgentId asker = runtime->create<Asker>({}, log).value();
        runtime->send(asker, Work{41});
        runtime.pass(2ms);
        QCOMPARE(*log, Lines{});
        runtime.pass(1ms);
        QCOMPARE(*log, Lines{"worked 42"});
    }
    void whatBlockingWorkThrowsIsThrownInTheHandler()
    {
        TestRuntime runtime;
        const AgentId asker = runtime->create<Asker>({}, newLog()).value();
        runtime->send(asker, Work{-1});
        runtime.pass(1ms);
        QVERIFY(!runtime->directory().alive(asker));
        QVERIFY(runtime.events().last("agent.crashed").find("on fire") != std::string::npos);
    }
    void nothingIsLeftBehindWhenARuntimeEndsInTheMiddle()
    {
        // The address sanitizer's test: frames, envelopes and timers of all who wait.
        TestRuntime runtime;
        const Log log = newLog();
        const AgentId oracle = runtime->create<Oracle>({}, Duration(1h)).value();
        for (int i = 0; i < 10; ++i) {
            const AgentId asker = runtime->create<Asker>({}, log).value();
            runtime->send(asker, AskOracle{oracle, i, 2h});
            runtime->send(asker, Note{"left"});
            runtime->ask<Answer>(oracle, Question{1}, 3h, [](const Result<Answer>&) {});
        }
        runtime.settle();
        runtime.end();
        QCOMPARE(*log, Lines{});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::WaitingTest);
#include "waiting_test.moc"
