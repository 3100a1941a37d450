// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <deque>
#include <functional>
#include <set>
#include <thread>
#include <utility>

#include "calls/call_world.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

constexpr std::uint32_t kConcurrent = 8;
constexpr std::uint64_t kBurst = 40;
constexpr std::uint64_t kRate = 400;

ServiceSettings stormy()
{
    ServiceSettings settings;
    settings.deadline = 3s;
    settings.retry = RetrySettings{};
    settings.retry->attempts = 4;
    settings.limiter = LimiterSettings{TokenBucketSettings{{kRate, 1s}, kBurst, {}}, 50ms};
    settings.breaker = BreakerSettings{};
    settings.breaker->open = {1s, 1.5, 5s, 100ms, false};
    settings.breaker->halfOpen.longest = 2s;
    settings.bulkhead = BulkheadSettings{kConcurrent, 12, 300ms};
    return settings;
}

/// Calls under way through one service that everything happens to: errors of every class,
/// answers that never come, callers that go away, pressure, changes of settings, jumps of time.
class Storm {
public:
    explicit Storm(std::uint64_t seed) : m_rng(seed), m_world(stormy(), seed, true) {}

    void step()
    {
        const std::uint64_t dice = m_rng.below(1'000);
        m_world.pass(Duration{static_cast<std::int64_t>(m_rng.below(2'000'000))});
        if (dice < 340 && m_calls.size() < 40) {
            begin();
        } else if (dice < 860) {
            goOn();
        } else if (dice < 980) {
            giveUp();
        } else if (dice < 990) {
            m_world.pass(m_rng.below(20) == 0 ? Duration(1h) : Duration(1s));
        } else if (dice < 993) {
            m_world.admission.setPressure(m_rng.below(4) == 0 ? Pressure::critical
                                                              : Pressure::normal);
        } else if (dice < 996) {
            change();
        } else {
            m_troubled = !m_troubled;
        }
    }
    /// Empty, or which of the invariants does not hold.
    [[nodiscard]] const char* broken()
    {
        if (m_wrong != nullptr) {
            return m_wrong;
        }
        if (m_acting > kConcurrent) {
            return "more calls at once than the bulkhead allows";
        }
        const double seconds = static_cast<double>(m_world.now().nanoseconds) / 1e9;
        if (static_cast<double>(m_acts) > static_cast<double>(kRate) * seconds + kBurst) {
            return "more calls than rate and burst allow";
        }
        // The sums cost more: after each fault, and now and then.
        const bool faulty = std::exchange(m_looked, m_faults) != m_faults;
        return faulty || ++m_looks % 512 == 0 ? brokenCounts() : nullptr;
    }
    [[nodiscard]] const char* brokenCounts()
    {
        const ServiceView view = m_world.service->view();
        const BreakerCounts& breaker = view.breaker->counts;
        std::uint64_t outcomes = breaker.succeeded + breaker.ignored + breaker.cancelled +
                                 breaker.late + m_acting + inQueue();
        for (const std::uint64_t failed : breaker.failed) {
            outcomes += failed;
        }
        if (view.succeeded + view.failed + view.rejected + m_calls.size() != m_begun ||
            view.underWay != m_calls.size()) {
            return "the sum of ends is not the calls";
        }
        if (view.bulkhead->inUse != m_acting + turnsWaiting()) {
            return "the bulkhead holds calls that are gone";
        }
        if (breaker.admitted != outcomes) {
            return "a permit of the breaker was lost";
        }
        return nullptr;
    }
    void endAll()
    {
        while (!m_calls.empty()) {
            drop(m_calls.size() - 1);
        }
    }
    [[nodiscard]] CallWorld& world() { return m_world; }
    [[nodiscard]] std::uint64_t faults() const { return m_faults; }

private:
    struct Call {
        std::unique_ptr<CallFlow> flow;
        CallStep step;
        MonoTime since;
        bool told = false;
    };
    class Waiter final : public TurnWaiter {
    public:
        explicit Waiter(bool& told) : m_told(told) {}
        void turnDecided() noexcept override { m_told = true; }

    private:
        bool& m_told;
    };

    /// Those whose turn it is and who have not looked yet.
    [[nodiscard]] std::uint64_t turnsWaiting() const
    {
        return static_cast<std::uint64_t>(
            std::ranges::count_if(m_calls, [](const auto& call) { return call->told; }));
    }
    [[nodiscard]] std::uint64_t inQueue() const
    {
        return static_cast<std::uint64_t>(std::ranges::count_if(
            m_calls, [](const auto& call) { return call->step.what == CallStep::Do::queue; }));
    }
    void begin()
    {
        auto call = std::make_unique<Call>();
        CallRequest request;
        request.number = ++m_begun;
        request.timeout = 200ms;
        call->flow = std::make_unique<CallFlow>(*m_world.service, request);
        m_calls.push_back(std::move(call));
        take(m_calls.size() - 1, m_calls.back()->flow->begin(m_world.now()));
    }
    void take(std::size_t index, CallStep step)
    {
        Call& call = *m_calls[index];
        call.step = step;
        call.since = m_world.now();
        switch (step.what) {
            case CallStep::Do::act: {
                const BreakerState state = *m_world.service->breakerState();
                if (state == BreakerState::open || state == BreakerState::forcedOpen) {
                    m_wrong = "a call went through an open breaker";
                }
                ++m_acting;
                ++m_acts;
                break;
            }
            case CallStep::Do::queue: {
                std::unique_ptr<TurnWaiter> waiter = std::make_unique<Waiter>(call.told);
                call.told = !call.flow->await(waiter);
                break;
            }
            case CallStep::Do::end:
                m_calls.erase(m_calls.begin() + static_cast<std::ptrdiff_t>(index));
                break;
            case CallStep::Do::wait:
                break;
        }
    }
    void goOn()
    {
        if (m_calls.empty()) {
            return;
        }
        const std::size_t index = m_rng.below(m_calls.size());
        Call& call = *m_calls[index];
        const MonoTime now = m_world.now();
        const bool due = now - call.since >= call.step.time;
        switch (call.step.what) {
            case CallStep::Do::wait:
                if (due) {
                    take(index, call.flow->waited(now));
                }
                break;
            case CallStep::Do::queue:
                if (due || call.told) {
                    call.told = false;
                    take(index, call.flow->queued(now));
                }
                break;
            case CallStep::Do::act:
                --m_acting;
                take(index, call.flow->acted(outcome(due), now));
                break;
            case CallStep::Do::end:
                break;
        }
    }
    AttemptEnd outcome(bool late)
    {
        if (!late && m_rng.below(10) >= (m_troubled ? 8U : 3U)) {
            return {CallOutcome::success(), {}};
        }
        ++m_faults;
        if (late) {
            return {failure(FailureClass::timeout), {}};
        }
        if (m_rng.below(20) == 0) {
            return {CallOutcome::cancelled(), {}};
        }
        const auto retryAfter = m_rng.below(5) == 0 ? std::optional<Duration>(100ms) : std::nullopt;
        return {failure(static_cast<FailureClass>(m_rng.below(5))), retryAfter};
    }
    void giveUp()
    {
        if (!m_calls.empty()) {
            ++m_faults;
            drop(m_rng.below(m_calls.size()));
        }
    }
    void drop(std::size_t index)
    {
        m_acting -= m_calls[index]->step.what == CallStep::Do::act ? 1 : 0;
        m_calls.erase(m_calls.begin() + static_cast<std::ptrdiff_t>(index));
    }
    void change()
    {
        ServiceSettings settings = stormy();
        settings.limiter->bucket().rate.permits = kRate / (1 + m_rng.below(4));
        settings.breaker->failureRate = 0.3 + 0.5 * m_rng.uniform();
        settings.bulkhead->concurrent = kConcurrent - static_cast<std::uint32_t>(m_rng.below(4));
        settings.retry->attempts = 1 + static_cast<std::uint32_t>(m_rng.below(4));
        if (!m_world.service->change(settings).ok()) {
            m_wrong = "a valid change was refused";
        }
    }

    Rng m_rng;
    CallWorld m_world;
    std::vector<std::unique_ptr<Call>> m_calls;
    std::uint64_t m_begun = 0;
    std::uint64_t m_acting = 0;
    std::uint64_t m_acts = 0;
    std::uint64_t m_faults = 0;
    std::uint64_t m_looked = 0;  // faults when it was looked at last
    std::uint64_t m_looks = 0;
    bool m_troubled = false;
    const char* m_wrong = nullptr;
};

}  // namespace

class CallStormTest : public QObject {
    Q_OBJECT
private slots:
    void stormsLeaveTheInvariantsWhole()
    {
        std::uint64_t faults = 0;
        std::uint64_t opened = 0;
        for (std::uint64_t seed = 0; faults < 1'000'000; ++seed) {
            Storm storm(seed);
            for (int i = 0; i < 50'000; ++i) {
                storm.step();
                if (const char* broken = storm.broken()) {
                    QFAIL(qPrintable(QString("seed %1, step %2: %3").arg(seed).arg(i).arg(broken)));
                }
            }
            storm.endAll();
            const char* broken = storm.brokenCounts();
            QVERIFY2(broken == nullptr, broken);
            const ServiceView view = storm.world().service->view();
            QCOMPARE(view.bulkhead->inUse, 0U);
            QCOMPARE(view.underWay, std::uint64_t{0});
            for (const CallStage stage :
                 {CallStage::deadline, CallStage::admission, CallStage::limiter, CallStage::breaker,
                  CallStage::bulkhead, CallStage::timeout}) {
                QVERIFY2(storm.world().stage(stage).rejected > 0, toString(stage).data());
            }
            faults += storm.faults();
            opened += view.breaker->counts.opened;
        }
        QVERIFY(opened > 100);
    }
    void threadsTogetherAreAdmittedWhatOneWouldBe()
    {
        // At each of these times so many calls at once, shared out among the threads; every third
        // one that gets through fails. How many the limiter and the breaker let through each time.
        constexpr int kTimes = 400;
        constexpr int kCalls = 120;
        const auto run = [](int threads) {
            ServiceSettings settings = stormy();
            settings.retry.reset();
            settings.limiter->longestWait = Duration::zero();
            settings.breaker->minimumCalls = 90;
            settings.breaker->failureRate = 0.3;
            settings.bulkhead.reset();
            CallWorld world(settings, 1, true);
            std::vector<std::uint64_t> admitted;
            for (int time = 0; time < kTimes; ++time) {
                std::vector<std::unique_ptr<CallFlow>> flows(kCalls);
                std::atomic<std::uint64_t> through{0};
                const auto together = [&](const std::function<void(int)>& each) {
                    std::vector<std::jthread> crowd;
                    for (int t = 0; t < threads; ++t) {
                        crowd.emplace_back([&, t] {
                            for (int i = t; i < kCalls; i += threads) {
                                each(i);
                            }
                        });
                    }
                };
                together([&](int i) {
                    CallRequest request;
                    request.number = static_cast<std::uint64_t>(time * kCalls + i);
                    auto flow = std::make_unique<CallFlow>(*world.service, request);
                    if (flow->begin(world.now()).what == CallStep::Do::act) {
                        ++through;
                        flows[static_cast<std::size_t>(i)] = std::move(flow);
                    }
                });
                // Who got through differs; that as many of them fail must not.
                std::erase(flows, nullptr);
                std::atomic<std::size_t> next{0};
                together([&](int) {
                    if (const std::size_t i = next++; i < flows.size()) {
                        static_cast<void>(flows[i]->acted(
                            {i % 3 == 0 ? failure() : CallOutcome::success(), {}}, world.now()));
                    }
                });
                admitted.push_back(through);
                world.pass(20ms * (time % 7));
            }
            admitted.push_back(world.service->view().breaker->counts.opened);
            return admitted;
        };
        const auto alone = run(1);
        QVERIFY(alone.back() > 3);
        QVERIFY(std::set(alone.begin(), alone.end()).size() > 5);
        for (const int threads : {2, 8}) {
            QCOMPARE(run(threads), alone);
        }
    }
    void theSameStormTwiceIsTheSame()
    {
        const auto run = [] {
            Storm storm(4711);
            for (int i = 0; i < 20'000; ++i) {
                storm.step();
            }
            const ServiceView view = storm.world().service->view();
            return std::array{view.succeeded, view.failed, view.rejected,
                              view.breaker->counts.opened, view.budget->granted};
        };
        QCOMPARE(run(), run());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CallStormTest);
#include "call_storm_test.moc"
