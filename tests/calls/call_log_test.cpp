// SPDX-License-Identifier: Apache-2.0
#include "calls/call_log.h"

#include <QtTest/QtTest>

#include "base/rng.h"
#include "calls/breaker_replay.h"
#include "calls/logged_breaker.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

BreakerSettings quick()
{
    BreakerSettings settings;
    settings.window.length = 2s;
    settings.open = {1s, 1.5, 4s, 100ms, false};
    settings.halfOpen.longest = 500ms;
    return settings;
}

/// A breaker to which everything happens, its moves and its log.
class Recorded {
public:
    explicit Recorded(std::uint64_t seed, int steps) : m_rng(seed)
    {
        for (int i = 0; i < steps; ++i) {
            step();
        }
        auto rest = m_breaker.log().take(true);
        log.insert(log.end(), rest.begin(), rest.end());
    }

    std::vector<CallLogBlock> log;
    std::vector<BreakerMove> moves;
    std::uint64_t asked = 0;

private:
    void step()
    {
        m_now = m_now + Duration{static_cast<std::int64_t>(m_rng.below(20'000'000))};
        const std::uint64_t dice = m_rng.below(1'000);
        if (dice < 500) {
            const BreakerAnswer answer = m_breaker.permit(m_now);
            note(answer.moves);
            ++asked;
            if (answer.admitted) {
                m_open.push_back(answer.permit);
            }
        } else if (dice < 980 && !m_open.empty()) {
            std::swap(m_open[m_rng.below(m_open.size())], m_open.back());
            end(m_open.back());
            m_open.pop_back();
        } else if (dice < 985) {
            const auto state = static_cast<BreakerState>(m_rng.below(6));
            if (const auto moved = m_breaker.moveTo(state, m_now); moved.ok()) {
                note(*moved);
            }
        } else if (dice < 987) {
            note(m_breaker.reset(m_now));
        } else if (dice < 990) {
            m_now = m_now - 100ms;  // as a thread that was late
        } else if (dice < 995) {
            static_cast<void>(m_breaker.view(m_now + 5ms));
        } else {
            const auto blocks = m_breaker.log().take(false);
            log.insert(log.end(), blocks.begin(), blocks.end());
            m_troubled = !m_troubled;
        }
    }
    void end(BreakerPermit permit)
    {
        if (m_rng.below(10) == 0 && !m_breaker.begin(permit, m_now)) {
            return;
        }
        const std::uint64_t dice = m_rng.below(20);
        const auto failure = static_cast<FailureClass>(m_rng.below(5));
        note(m_breaker.report(permit,
                              dice == 0                        ? CallOutcome::cancelled()
                              : dice < (m_troubled ? 16U : 4U) ? CallOutcome::failed(failure)
                                                               : CallOutcome::success(),
                              m_now));
    }
    void note(const BreakerMoves& made)
    {
        for (std::size_t i = 0; i < made.size(); ++i) {
            moves.push_back(made[i]);
        }
    }

    Rng m_rng;
    LoggedBreaker m_breaker{CircuitBreaker::create(quick()).value(), true};
    MonoTime m_now{1'000'000'000};
    std::vector<BreakerPermit> m_open;
    bool m_troubled = false;
};

Result<BreakerReplay> replayed(std::span<const CallLogBlock> log, const BreakerSettings& settings)
{
    return replayBreaker({.log = log, .had = std::span(&settings, 1)});
}

bool same(const BreakerMove& a, const BreakerMove& b)
{
    return a.from == b.from && a.to == b.to && a.cause == b.cause && a.tally == b.tally &&
           a.wait == b.wait;
}

CallLogEntry ask(MonoTime at)
{
    CallLogEntry entry;
    entry.at = at;
    entry.admitted = true;
    return entry;
}

}  // namespace

class CallLogTest : public QObject {
    Q_OBJECT
private slots:
    void whatWasPackedIsUnpackedAsItWas()
    {
        CallLog log;
        std::vector<CallLogEntry> told;
        const auto tell = [&](CallLogEntry entry) {
            const std::uint64_t number = log.add(entry);
            if (entry.kind == CallLogEntry::Kind::ask) {
                entry.number = number;
            }
            told.push_back(entry);
        };
        MonoTime at{123'456'789};
        for (int i = 0; i < 5; ++i) {
            CallLogEntry entry = ask(at = at + 1ms);
            entry.admitted = i % 2 == 0;
            entry.longest = Duration(i * 1'000'000);
            tell(entry);
        }
        for (unsigned i = 0; i < 5; ++i) {
            CallLogEntry entry;
            entry.kind = CallLogEntry::Kind::report;
            entry.at = at = at + 10s;
            entry.number = i + 1;
            entry.outcome = CallOutcome::failed(static_cast<FailureClass>(i));
            tell(entry);
        }
        for (const auto kind : {CallLogEntry::Kind::begin, CallLogEntry::Kind::cancel}) {
            CallLogEntry entry;
            entry.kind = kind;
            entry.at = at;
            entry.number = 2;
            tell(entry);
        }
        CallLogEntry moved;
        moved.kind = CallLogEntry::Kind::move;
        moved.at = at;
        moved.state = BreakerState::metricsOnly;
        tell(moved);
        const auto blocks = log.take(true);
        QCOMPARE(blocks.size(), std::size_t{1});
        QVERIFY(unpack(blocks[0]) == told);
        QVERIFY(blocks[0].data.size() < 100);
    }
    void eachBlockIsReadByItselfAndTakesSomeBytesAnEntry()
    {
        CallLog log;
        for (int i = 0; i < 10'000; ++i) {
            log.add(ask({i * 1'000'000LL}));
            CallLogEntry report;
            report.kind = CallLogEntry::Kind::report;
            report.at = {i * 1'000'000LL + 500'000};
            report.number = static_cast<std::uint64_t>(i) + 1;
            log.add(report);
        }
        const auto blocks = log.take(true);
        QVERIFY(blocks.size() > 5);
        std::size_t bytes = 0;
        std::uint64_t number = 0;
        for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
            const auto entries = unpack(*block);
            QVERIFY(entries && !entries->empty());
            bytes += block->data.size();
        }
        for (const auto& block : blocks) {
            const auto entries = unpack(block);
            for (const auto& entry : *entries) {
                number += entry.kind == CallLogEntry::Kind::ask ? 1 : 0;
                QCOMPARE(entry.number, number);
            }
        }
        QCOMPARE(number, std::uint64_t{10'000});
        QVERIFY2(bytes < 20'000 * 6, std::to_string(bytes).c_str());
    }
    void whatFindsNoRoomIsCountedAndEndsAReplay()
    {
        CallLog log;
        constexpr int kTooMany = 1'000'000;
        for (int i = 0; i < kTooMany; ++i) {
            log.add(ask({i * 1'000LL}));
        }
        auto blocks = log.take(true);
        QVERIFY(blocks.size() <= CallLog::kMostBlocks + 1);
        std::uint64_t kept = 0;
        for (const auto& block : blocks) {
            kept += block.entries;
            QCOMPARE(block.lost, std::uint64_t{0});
        }
        log.add(ask({kTooMany * 1'000LL}));
        const auto next = log.take(true);
        QCOMPARE(next.at(0).lost + kept, std::uint64_t{kTooMany});
        QCOMPARE(next.at(0).asked, std::uint64_t{kTooMany});
        blocks.push_back(next[0]);
        const auto replay = replayed(blocks, BreakerSettings{}).value();
        QVERIFY(!replay.ended.empty());
        QCOMPARE(replay.calls, kept);
    }
    void aDamagedBlockIsRefused()
    {
        const Recorded recorded(5, 3'000);
        const CallLogBlock& whole = recorded.log.front();
        QVERIFY(unpack(whole).has_value());
        Rng rng(1);
        for (int i = 0; i < 2'000; ++i) {
            CallLogBlock damaged = whole;
            damaged.data[rng.below(damaged.data.size())] = static_cast<char>(rng.below(256));
            static_cast<void>(unpack(damaged));  // right or refused, never beyond its end
        }
        CallLogBlock cut = whole;
        cut.data.resize(cut.data.size() / 2);
        QVERIFY(!unpack(cut));
        QVERIFY(replayed(std::span(&cut, 1), quick()).value().ended == "the log is damaged");
    }
    void theLiveSettingsReproduceTheRecordedMovesExactly()
    {
        std::size_t moves = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Recorded recorded(seed, 20'000);
            const auto replay = replayed(recorded.log, quick()).value();
            QVERIFY(replay.ended.empty());
            QCOMPARE(replay.calls, recorded.asked);
            QCOMPARE(replay.admitted, replay.wasAdmitted);
            QCOMPARE(replay.unknown, std::uint64_t{0});
            QCOMPARE(replay.moves.size(), recorded.moves.size());
            for (std::size_t i = 0; i < recorded.moves.size(); ++i) {
                QVERIFY(same(replay.moves[i].move, recorded.moves[i]));
            }
            moves += recorded.moves.size();
        }
        QVERIFY(moves > 1'000);
    }
    void changesOfTheSettingsAreReplayedToo()
    {
        LoggedBreaker breaker(CircuitBreaker::create(quick()).value(), true);
        BreakerSettings strict = quick();
        strict.consecutiveFailures = 2;
        const auto fail = [&breaker](Duration at) {
            const BreakerAnswer answer = breaker.permit(MonoTime{} + at);
            return breaker
                .report(answer.permit, CallOutcome::failed(FailureClass::network), MonoTime{} + at)
                .size();
        };
        QCOMPARE(fail(1s), std::size_t{0});
        QCOMPARE(fail(1s), std::size_t{0});
        QVERIFY(breaker.change(strict, MonoTime{} + 1s).ok());
        QCOMPARE(fail(1s), std::size_t{1});
        const auto log = breaker.log().take(true);
        const std::vector<BreakerSettings> both{quick(), strict};
        QCOMPARE(replayBreaker({.log = log, .had = both})->moves.size(), std::size_t{1});
        QVERIFY(!replayed(log, quick())->ended.empty());
    }
    void otherSettingsSayWhatTheyWouldHaveDone()
    {
        const Recorded recorded(3, 20'000);
        BreakerSettings patient = quick();
        patient.failureRate = 1;
        patient.minimumCalls = 1'000'000;
        const auto replay = replayed(recorded.log, patient).value();
        QVERIFY(replay.admitted > replay.wasAdmitted);
        QCOMPARE(replay.unknown, replay.admitted - replay.wasAdmitted);
        BreakerSettings strict = quick();
        strict.consecutiveFailures = 1;
        QVERIFY(replayed(recorded.log, strict).value().rejected > replay.rejected);
        strict.failureRate = 2;
        QVERIFY(!replayed(recorded.log, strict).ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CallLogTest);
#include "call_log_test.moc"
