// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <deque>
#include <thread>

#include "protection/breaker_world.h"
#include "protection/guarded.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

/// A breaker by count that decides by rate, as simple as it can be written down.
class SimpleBreaker {
public:
    static constexpr std::size_t kWindow = 8;
    static constexpr std::size_t kProbes = 3;
    static constexpr Duration kWait = 10s;
    static constexpr Duration kTrial = 20s;

    bool permit(Duration now)
    {
        expire(now);
        if (m_state == BreakerState::open && now >= m_since + kWait) {
            enter(BreakerState::halfOpen, now);
        }
        if (m_state == BreakerState::open) {
            return false;
        }
        if (m_state == BreakerState::halfOpen) {
            return m_underWay + m_outcomes.size() < kProbes && ++m_underWay > 0;
        }
        return true;
    }
    void report(std::uint64_t generation, bool failed, Duration now)
    {
        expire(now);
        if (generation != m_generation) {
            return;
        }
        m_outcomes.push_back(failed);
        if (m_state == BreakerState::halfOpen) {
            --m_underWay;
            if (m_outcomes.size() == kProbes) {
                enter(tooMany() ? BreakerState::open : BreakerState::closed, now);
            }
            return;
        }
        if (m_outcomes.size() > kWindow) {
            m_outcomes.pop_front();
        }
        if (m_outcomes.size() >= 4 && tooMany()) {
            enter(BreakerState::open, now);
        }
    }
    [[nodiscard]] BreakerState state() const { return m_state; }
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }

private:
    void expire(Duration now)
    {
        if (m_state == BreakerState::halfOpen && now >= m_since + kTrial) {
            enter(BreakerState::open, m_since + kTrial);
        }
    }
    void enter(BreakerState to, Duration now)
    {
        m_state = to;
        m_since = now;
        ++m_generation;
        m_underWay = 0;
        m_outcomes.clear();
    }
    [[nodiscard]] bool tooMany() const
    {
        return std::ranges::count(m_outcomes, true) * 2 >=
               static_cast<std::ptrdiff_t>(m_outcomes.size());
    }

    BreakerState m_state = BreakerState::closed;
    Duration m_since{};
    std::uint64_t m_generation = 0;
    std::size_t m_underWay = 0;
    std::deque<bool> m_outcomes;
};

/// Calls under way through a breaker that everything happens to.
class Storm {
public:
    explicit Storm(std::uint64_t seed) : m_walk(seed), m_breaker(breakerOf(m_walk.rng())) {}

    void step()
    {
        const std::uint64_t dice = m_walk.rng().below(1000);
        const MonoTime now = m_walk.step(20ms);
        if (dice < 480 && m_open.size() < 200) {
            permit(now);
        } else if (dice < 990) {
            report(now);
        } else if (dice < 995) {
            m_walk.jump(kJumps[m_walk.rng().below(kJumps.size())]);
        } else if (dice < 997) {
            static_cast<void>(m_breaker.poll(now));
        } else if (dice < 998) {
            // Whether it is legal is the breaker's to say.
            static_cast<void>(
                m_breaker.moveTo(static_cast<BreakerState>(m_walk.rng().below(6)), now).ok());
        } else if (dice < 999) {
            static_cast<void>(m_breaker.reset(now));
        } else {
            m_troubled = !m_troubled;
        }
        ++m_steps;
    }
    /// Empty, or which of the invariants does not hold.
    [[nodiscard]] const char* broken() const
    {
        const BreakerCounts& counts = m_breaker.counts();
        std::uint64_t ended = counts.succeeded + counts.ignored + counts.cancelled + counts.late;
        for (const std::uint64_t failed : counts.failed) {
            ended += failed;
        }
        if (counts.admitted != ended + m_open.size() - m_uncounted) {
            return "the sum of outcomes is not the calls";
        }
        if (counts.admitted + counts.rejected != m_calls) {
            return "a call was neither admitted nor rejected";
        }
        return m_wrong;
    }
    [[nodiscard]] const BreakerCounts& counts() const { return m_breaker.counts(); }
    [[nodiscard]] std::uint64_t moves() const { return m_moves; }

private:
    static CircuitBreaker breakerOf(Rng& rng)
    {
        BreakerSettings settings;
        settings.window.kind = static_cast<BreakerWindow::Kind>(rng.below(2));
        settings.open = {1s, 1 + rng.uniform(), 5s, 100ms, rng.below(2) == 0};
        settings.halfOpen.decide = static_cast<HalfOpenSettings::Decide>(rng.below(3));
        settings.halfOpen.longest = 2s;
        settings.halfOpen.probes = 1 + static_cast<std::uint32_t>(rng.below(10));
        settings.consecutiveFailures = static_cast<std::uint32_t>(rng.below(2) * 12);
        return CircuitBreaker::create(settings).value();
    }
    void permit(MonoTime now)
    {
        const BreakerAnswer answer = m_breaker.permit(now);
        m_moves += answer.moves.size();
        const BreakerState state = m_breaker.state();
        const bool shut = state == BreakerState::open || state == BreakerState::forcedOpen;
        if (answer.admitted && shut) {
            m_wrong = "a call went through an open breaker";
        }
        if (state == BreakerState::closed && !answer.admitted) {
            m_wrong = "a closed breaker rejected a call";
        }
        m_calls += answer.admitted && !answer.permit.counted ? 0 : 1;
        if (answer.admitted) {
            m_open.push_back(answer.permit);
            m_uncounted += answer.permit.counted ? 0 : 1;
        }
    }
    void report(MonoTime now)
    {
        if (m_open.empty()) {
            return;
        }
        std::swap(m_open[m_walk.rng().below(m_open.size())], m_open.back());
        const std::uint64_t dice = m_walk.rng().below(10);
        const auto failure = static_cast<FailureClass>(m_walk.rng().below(5));
        const CallOutcome outcome = dice == 0                     ? CallOutcome::cancelled()
                                    : dice < (m_troubled ? 8 : 3) ? CallOutcome::failed(failure)
                                                                  : CallOutcome::success();
        m_moves += m_breaker.report(m_open.back(), outcome, now).size();
        m_uncounted -= m_open.back().counted ? 0 : 1;
        m_open.pop_back();
    }

    ClockWalk m_walk;
    CircuitBreaker m_breaker;
    std::vector<BreakerPermit> m_open;
    std::uint64_t m_steps = 0;
    std::uint64_t m_calls = 0;
    std::uint64_t m_moves = 0;
    std::uint64_t m_uncounted = 0;
    bool m_troubled = false;
    const char* m_wrong = nullptr;
};

}  // namespace

class BreakerStormTest : public QObject {
    Q_OBJECT
private slots:
    void itDoesWhatTheSimpleBreakerDoes()
    {
        BreakerSettings settings;
        settings.window = {BreakerWindow::Kind::count, SimpleBreaker::kWindow, 10s, 10};
        settings.minimumCalls = 4;
        settings.open.wait = SimpleBreaker::kWait;
        settings.halfOpen.probes = SimpleBreaker::kProbes;
        settings.halfOpen.longest = SimpleBreaker::kTrial;
        std::array<int, 3> seen{};
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            CircuitBreaker breaker = CircuitBreaker::create(settings).value();
            SimpleBreaker model;
            ClockWalk walk(seed);
            std::vector<std::pair<BreakerPermit, std::uint64_t>> open;
            for (int i = 0; i < 2'000; ++i) {
                const MonoTime now = walk.step(1s);
                if (walk.rng().below(2) == 0) {
                    const BreakerAnswer answer = breaker.permit(now);
                    QCOMPARE(answer.admitted, model.permit(now - MonoTime{}));
                    if (answer.admitted) {
                        open.emplace_back(answer.permit, model.generation());
                    }
                } else if (!open.empty()) {
                    const auto [permit, generation] = open.back();
                    open.pop_back();
                    const bool failed = walk.rng().below(3) == 0;
                    static_cast<void>(
                        breaker.report(permit,
                                       failed ? CallOutcome::failed(FailureClass::network)
                                              : CallOutcome::success(),
                                       now));
                    model.report(generation, failed, now - MonoTime{});
                }
                QVERIFY(breaker.state() == model.state());
                ++seen[static_cast<std::size_t>(model.state())];
            }
        }
        QVERIFY(std::ranges::all_of(seen, [](int count) { return count > 1'000; }));
    }
    void aMillionFaultsLeaveTheInvariantsWhole()
    {
        std::uint64_t opened = 0;
        std::uint64_t late = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            Storm storm(seed);
            for (int i = 0; i < 10'000; ++i) {
                storm.step();
                if (const char* broken = storm.broken()) {
                    QFAIL(qPrintable(QString("seed %1, step %2: %3").arg(seed).arg(i).arg(broken)));
                }
            }
            opened += storm.counts().opened;
            late += storm.counts().late;
            QVERIFY(storm.moves() > 0);
        }
        QVERIFY(opened > 1'000 && late > 1'000);
    }
    void theSameStormTwiceIsTheSame()
    {
        Storm one(4711);
        Storm other(4711);
        for (int i = 0; i < 20'000; ++i) {
            one.step();
            other.step();
        }
        QCOMPARE(one.moves(), other.moves());
        QCOMPARE(one.counts().succeeded, other.counts().succeeded);
        QCOMPARE(one.counts().rejected, other.counts().rejected);
    }
    void threadsTogetherAreAdmittedWhatOneWouldBe()
    {
        const auto run = [](int threads) {
            Guarded<CircuitBreaker> breaker(CircuitBreaker::create({}).value());
            std::atomic<int> admitted{0};
            const auto everyThread = [threads](const auto& work) {
                std::vector<std::thread> all;
                for (int t = 0; t < threads; ++t) {
                    all.emplace_back(work);
                }
                for (auto& thread : all) {
                    thread.join();
                }
            };
            // It opens, stays open for all of them, lets through ten and, as they succeed, closes.
            for (const Duration time : {0s, 10s, 30s, 31s}) {
                const bool fails = time == 0s;
                everyThread([&] {
                    for (int i = 0; i < 1'000 / threads; ++i) {
                        admitted += breaker.use([&](CircuitBreaker& machine) {
                            const BreakerAnswer answer = machine.permit(at(time));
                            if (answer.admitted) {
                                static_cast<void>(machine.report(
                                    answer.permit,
                                    fails ? CallOutcome::failed(FailureClass::timeout)
                                          : CallOutcome::success(),
                                    at(time)));
                            }
                            return answer.admitted ? 1 : 0;
                        });
                    }
                });
            }
            return admitted.load();
        };
        QCOMPARE(run(1), 20 + 0 + 1'000 + 1'000);
        QCOMPARE(run(4), run(1));
    }
    void manyThreadsShareTheProbesOfAHalfOpenBreaker()
    {
        Guarded<CircuitBreaker> breaker(CircuitBreaker::create({}).value());
        breaker.use([](CircuitBreaker& machine) {
            QVERIFY(machine.moveTo(BreakerState::open, at(0s)).ok());
        });
        std::atomic<int> admitted{0};
        std::vector<std::thread> all;
        for (int t = 0; t < 4; ++t) {
            all.emplace_back([&] {
                for (int i = 0; i < 1'000; ++i) {
                    admitted += breaker.use([](CircuitBreaker& machine) {
                        return machine.permit(at(30s)).admitted ? 1 : 0;
                    });
                }
            });
        }
        for (auto& thread : all) {
            thread.join();
        }
        QCOMPARE(admitted.load(), 10);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::BreakerStormTest);
#include "breaker_storm_test.moc"
