// SPDX-License-Identifier: Apache-2.0
#include "runtime/mailbox.h"

#include <QtTest/QtTest>
#include <memory>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

struct Number {
    int value;
};
struct Large {
    std::array<std::uint64_t, 500> words;
};

using Seen = std::shared_ptr<std::vector<int>>;

class Collector : public Agent<Collector, Handles<Number, Large, AgentEnded>> {
public:
    explicit Collector(Seen seen) : m_seen(std::move(seen)) {}
    int handle(const Number& number)
    {
        m_seen->push_back(number.value);
        return number.value;
    }
    void handle(const Large& large) { m_seen->push_back(static_cast<int>(large.words[499])); }
    void handle(const AgentEnded&) { m_seen->push_back(-1); }
    Result<void> init()
    {
        monitor(AgentId{12345, 1});
        return {};
    }

private:
    Seen m_seen;
};

}  // namespace

class MailboxTest : public QObject {
    Q_OBJECT

    static CreateOptions bounded(std::uint32_t bound, OverflowPolicy policy)
    {
        CreateOptions options;
        options.mailbox = {bound, policy};
        return options;
    }
    /// A collector with `bound` that is suspended, after the mail its init sent itself.
    static AgentId suspended(TestRuntime& runtime, const CreateOptions& options, const Seen& seen)
    {
        const AgentId id = runtime->create<Collector>(options, seen).value();
        runtime.settle();
        seen->clear();
        static_cast<void>(runtime->suspend(id));
        runtime.settle();
        return id;
    }

private slots:
    void aFullMailboxRejectsAndTellsTheSender()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, bounded(3, OverflowPolicy::reject), seen);
        for (int i = 0; i < 5; ++i) {
            SAME(runtime->send(id, Number{i}), i < 3 ? Delivery::queued : Delivery::full);
        }
        QVERIFY(runtime->resume(id).ok());
        runtime.settle();
        QCOMPARE(*seen, (std::vector<int>{0, 1, 2}));
        QCOMPARE(runtime->counters().droppedBy(DropCause::full), std::uint64_t{2});
        QVERIFY(queued(runtime->send(id, Number{9})));
    }
    void aFullMailboxMayDropTheNewest()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, bounded(3, OverflowPolicy::dropNewest), seen);
        for (int i = 0; i < 5; ++i) {
            SAME(runtime->send(id, Number{i}), i < 3 ? Delivery::queued : Delivery::dropped);
        }
        QVERIFY(runtime->resume(id).ok());
        runtime.settle();
        QCOMPARE(*seen, (std::vector<int>{0, 1, 2}));
        QCOMPARE(runtime->counters().droppedBy(DropCause::shedNewest), std::uint64_t{2});
    }
    void aFullMailboxMayDropTheOldest()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, bounded(3, OverflowPolicy::dropOldest), seen);
        for (int i = 0; i < 5; ++i) {
            SAME(runtime->send(id, Number{i}), Delivery::queued);
        }
        QCOMPARE(runtime->directory().detail(id).value().row.mailbox, std::uint64_t{3});
        QVERIFY(runtime->resume(id).ok());
        runtime.settle();
        QCOMPARE(*seen, (std::vector<int>{2, 3, 4}));
        QCOMPARE(runtime->counters().droppedBy(DropCause::shedOldest), std::uint64_t{2});
    }
    void theAskerOfAShedRequestIsTold()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, bounded(1, OverflowPolicy::dropOldest), seen);
        std::optional<ErrorCode> code;
        runtime->ask<int>(id, Number{1}, 10s,
                          [&code](const Result<int>& reply) { code = reply.error().code; });
        runtime->send(id, Number{2});
        SAME(code, std::optional(ErrorCode::overloaded));
    }
    void anAskOfAFullMailboxFailsAtOnce()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, bounded(1, OverflowPolicy::reject), seen);
        runtime->send(id, Number{1});
        SAME(runtime.ask<int>(id, Number{2}).error().code, ErrorCode::overloaded);
    }
    void systemMailIsNotCounted()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId other = runtime->create<Collector>({}, seen).value();
        const AgentId id = suspended(runtime, bounded(1, OverflowPolicy::reject), seen);
        runtime->send(id, Number{1});
        runtime->monitor(other, [](const AgentEnded&) {});
        std::optional<std::string> state;
        runtime->inspect(id, 1s, [&state](const Result<std::string>&) { state = "asked"; });
        QCOMPARE(runtime->directory().detail(id).value().row.mailbox, std::uint64_t{1});
        QVERIFY(runtime->resume(id).ok());
        runtime.settle();
        QCOMPARE(*state, std::string("asked"));
        QCOMPARE(*seen, std::vector<int>{1});
    }
    void theDepthAndTheAgeOfTheOldestAreShown()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = suspended(runtime, {}, seen);
        QVERIFY(!runtime->directory().detail(id).value().row.oldest);
        runtime->send(id, Number{1});
        runtime.pass(3s);
        runtime->send(id, Number{2});
        runtime.pass(1s);
        const DirectoryRow row = runtime->directory().detail(id).value().row;
        QCOMPARE(row.mailbox, std::uint64_t{2});
        QVERIFY(*row.oldest > 4s - 3ms && *row.oldest < 4s + 3ms);
        const auto waiting = runtime->directory().waiting();
        QCOMPARE(waiting.messages, std::uint64_t{2});
        QVERIFY(waiting.oldest == row.oldest);
        QVERIFY(runtime->resume(id).ok());
        runtime.settle();
        QVERIFY(!runtime->directory().detail(id).value().row.oldest);
    }
    void aMessageOfAnySizeIsCarried()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        const AgentId id = runtime->create<Collector>({}, seen).value();
        Large large{};
        large.words[499] = 77;
        runtime->send(id, large);
        runtime.settle();
        QCOMPARE(seen->back(), 77);
    }
    void anImpossibleBoundIsRefused()
    {
        TestRuntime runtime;
        const auto seen = std::make_shared<std::vector<int>>();
        SAME(runtime->create<Collector>(bounded(0, OverflowPolicy::reject), seen).error().code,
             ErrorCode::invalidArgument);
    }
    void randomSendsAndTurnsAgreeWithAQueue()
    {
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            agreesWithAQueue(seed, OverflowPolicy::reject);
            agreesWithAQueue(seed, OverflowPolicy::dropNewest);
            agreesWithAQueue(seed, OverflowPolicy::dropOldest);
        }
    }

private:
    static void agreesWithAQueue(std::uint64_t seed, OverflowPolicy policy)
    {
        TestRuntime runtime({.scheduler = SchedulerKind::simulated, .seed = seed});
        Rng rng(seed);
        const auto seen = std::make_shared<std::vector<int>>();
        const auto bound = static_cast<std::uint32_t>(1 + rng.below(8));
        const AgentId id = suspended(runtime, bounded(bound, policy), seen);
        std::vector<int> handled;
        std::vector<int> queue;
        for (int i = 0; i < 300; ++i) {
            if (rng.below(6) != 0) {
                runtime->send(id, Number{i});
                if (queue.size() < bound) {
                    queue.push_back(i);
                } else if (policy == OverflowPolicy::dropOldest) {
                    queue.erase(queue.begin());
                    queue.push_back(i);
                }
            } else {
                static_cast<void>(runtime->resume(id));
                runtime.settle();
                static_cast<void>(runtime->suspend(id));
                runtime.settle();
                handled.insert(handled.end(), queue.begin(), queue.end());
                queue.clear();
            }
            QCOMPARE(runtime->directory().detail(id).value().row.mailbox,
                     std::uint64_t{queue.size()});
        }
        QCOMPARE(*seen, handled);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::MailboxTest);
#include "mailbox_test.moc"
