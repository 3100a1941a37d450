// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <optional>

#include "messaging/message_router.h"
#include "runtime/runtime.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

struct Ask {
    int number;
};
struct AskLate {
    int number;
};
struct Answer {
    int number;
};

/// Answers with the next number, at once or a second later.
class Answerer : public Agent<Answerer, Handles<Ask, AskLate>> {
public:
    Answer handle(const Ask& ask) { return {ask.number + 1}; }
    Async<Answer> handle(const AskLate& ask)
    {
        const int number = ask.number + 1;
        co_await delay(1s);
        co_return Answer{number};
    }
};

struct Fixture {
    Fixture()
    {
        RuntimeOptions options;
        options.scheduler = SchedulerKind::simulated;
        runtime = Runtime::create(options).value();
        router.emplace(*runtime);
        agent = runtime->create<Answerer>({}).value();
    }
    template <class M>
    Result<RequestId> request(M message, Duration deadline = 10s)
    {
        return router->request<Answer>(agent, message, deadline, [this](Result<Answer> reply) {
            ++replies;
            last = std::move(reply);
        });
    }
    std::unique_ptr<Runtime> runtime;
    std::optional<MessageRouter> router;
    AgentId agent;
    int replies = 0;
    std::optional<Result<Answer>> last;
};

}  // namespace

class RouterTest : public QObject {
    Q_OBJECT
private slots:
    void aRequestIsAnsweredOnce()
    {
        Fixture f;
        const auto id = f.request(Ask{41});
        QVERIFY(id.ok());
        QCOMPARE(f.router->underWay(), std::uint64_t{1});
        f.runtime->simulation()->runFor(1s);
        QCOMPARE(f.replies, 1);
        QCOMPARE(f.last->value().number, 42);
        QCOMPARE(f.router->underWay(), std::uint64_t{0});
        QCOMPARE(f.router->counts().answered, std::uint64_t{1});
        QCOMPARE(MessageRouter::correlationOf(*id).value, id->value);
        QVERIFY(!f.router->cancel(*id));
    }
    void anUnknownRecipientIsAnErrorAtOnce()
    {
        Fixture f;
        f.agent = AgentId{99, 9};
        QVERIFY(f.request(Ask{1}).error().code == ErrorCode::notFound);
        QCOMPARE(f.replies, 0);
        QCOMPARE(f.router->counts().unknown, std::uint64_t{1});
        QCOMPARE(f.router->counts().sent, std::uint64_t{0});
    }
    void aReplyAfterItsDeadlineIsCountedNotDelivered()
    {
        Fixture f;
        QVERIFY(f.request(AskLate{1}, 100ms).ok());
        f.runtime->simulation()->runFor(500ms);
        QVERIFY(f.last->error().code == ErrorCode::timedOut);
        f.runtime->simulation()->runFor(5s);
        QCOMPARE(f.replies, 1);
        QCOMPARE(f.router->counts().timedOut, std::uint64_t{1});
        QCOMPARE(f.runtime->counters().droppedBy(DropCause::lateReply), std::uint64_t{1});
    }
    void aCancelledRequestTellsItsCallerAndItsReplyIsLate()
    {
        Fixture f;
        const auto id = f.request(AskLate{1});
        f.runtime->simulation()->runFor(100ms);
        QVERIFY(f.router->cancel(*id));
        QVERIFY(f.last->error().code == ErrorCode::cancelled);
        f.runtime->simulation()->runFor(5s);
        QCOMPARE(f.replies, 1);
        QCOMPARE(f.router->counts().cancelled, std::uint64_t{1});
        QCOMPARE(f.router->counts().late, std::uint64_t{1});
        QVERIFY(!f.router->cancel(*id));
    }
    void whatBecameOfRequestsAddsUp()
    {
        Fixture f;
        for (int i = 0; i < 30; ++i) {
            const auto id =
                i % 3 == 0 ? f.request(Ask{i}) : f.request(AskLate{i}, i % 2 ? 1ms : 5s);
            if (i % 5 == 0) {
                f.router->cancel(*id);
            }
        }
        f.runtime->simulation()->runFor(1h);
        const auto counts = f.router->counts();
        QCOMPARE(f.replies, 30);
        QCOMPARE(counts.sent, std::uint64_t{30});
        QCOMPARE(counts.answered + counts.failed + counts.timedOut + counts.cancelled, counts.sent);
        QCOMPARE(counts.cancelled, std::uint64_t{6});
        QVERIFY(counts.timedOut > 0);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::RouterTest);
#include "router_test.moc"
