// SPDX-License-Identifier: Apache-2.0
#include "operations/arrivals.h"

#include <QtTest/QtTest>
#include <cmath>
#include <numeric>
#include <sstream>

#include "base/rng.h"
#include "operations/load_file.h"
#include "support/test_case.h"

namespace muster {

namespace {

using namespace std::chrono_literals;

using Times = std::vector<std::int64_t>;

Times timesOf(const std::vector<ArrivalRun>& runs)
{
    Times times;
    for (const ArrivalRun& run : runs) {
        for (std::uint64_t i = 0; i < run.count; ++i) {
            times.push_back(run.at(i).count());
        }
    }
    return times;
}

/// All that a log holds, on the time of its first arrival.
std::vector<ArrivalRun> told(const std::vector<ArrivalBlock>& blocks)
{
    std::vector<ArrivalRun> runs;
    for (const ArrivalBlock& block : blocks) {
        const auto unpacked = unpack(block);
        if (!unpacked) {
            qFatal("damaged");
        }
        for (ArrivalRun run : unpacked->runs) {
            run.first += block.begin - MonoTime{};
            runs.push_back(run);
        }
    }
    return runs;
}

/// How far the arrivals of `a` are from those of `b`, at most; -1: they are not as many.
std::int64_t furthest(const Times& a, const Times& b)
{
    if (a.size() != b.size()) {
        return -1;
    }
    std::int64_t most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(a[i] - b[i]));
    }
    return most;
}

/// Paces that change, bursts, and gaps.
Times wild(std::uint64_t seed, std::size_t count)
{
    Rng rng(seed);
    Times times;
    std::int64_t at = 0;
    while (times.size() < count) {
        const auto pace = static_cast<std::int64_t>(rng.below(4) == 0 ? 0 : rng.below(3'000'000));
        const auto jitter = rng.below(3) == 0 ? rng.below(200'000) : 1;
        for (std::uint64_t i = 0; i < rng.below(200) + 1 && times.size() < count; ++i) {
            times.push_back(at);
            at += pace + static_cast<std::int64_t>(rng.below(jitter));
        }
    }
    return times;
}

Result<LoadFile> parsed(const std::string& text)
{
    std::istringstream in(text);
    return parseLoadFile(in, "a.load");
}

}  // namespace

class ArrivalsTest : public QObject {
    Q_OBJECT
private slots:
    void aLogTellsEveryArrivalWithinItsTolerance()
    {
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            const bool closed = seed % 2 == 0;
            const Times times = wild(seed, 5'000);
            ArrivalLog log(closed);
            std::vector<ArrivalBlock> blocks;
            for (std::size_t i = 0; i < times.size(); ++i) {
                log.add({times[i]}, {}, 1);
                if (i % 700 == 0) {
                    for (auto& block : log.take(true)) {
                        blocks.push_back(std::move(block));
                    }
                }
            }
            for (auto& block : log.take(true)) {
                blocks.push_back(std::move(block));
            }
            const auto tolerance =
                closed ? ArrivalLog::kClosedTolerance : ArrivalLog::kOpenTolerance;
            const auto raw = furthest(timesOf(told(blocks)), times);
            QVERIFY2(raw >= 0 && raw <= tolerance.count() + 1, qPrintable(QString::number(raw)));
            // In order for those who follow them, at twice the tolerance.
            const Times ordered = timesOf(cut(told(blocks), 0ns, 1h));
            QVERIFY(std::is_sorted(ordered.begin(), ordered.end()));
            const auto off = furthest(ordered, times);
            QVERIFY2(off >= 0 && off <= 2 * tolerance.count() + 1,
                     qPrintable(QString::number(off)));
        }
    }
    void anEvenPaceTakesAFewBytesHoweverLong()
    {
        ArrivalLog log;
        // As the generator adds them: a beat's at a time, a thousand beats a second.
        for (std::int64_t beat = 0; beat < 600'000; ++beat) {
            log.add({beat * 1'000'000}, 900us, 10);
        }
        const auto blocks = log.take(true);
        QCOMPARE(blocks.size(), std::size_t{1});
        QCOMPARE(blocks.front().arrivals, std::uint64_t{6'000'000});
        QVERIFY2(blocks.front().data.size() < 32,
                 qPrintable(QString::number(blocks.front().data.size())));
    }
    void whatFindsNoRoomIsCounted()
    {
        ArrivalLog log;
        Rng rng(3);
        std::int64_t at = 0;
        constexpr std::uint64_t kAll = 1'000'000;
        for (std::uint64_t i = 0; i < kAll; ++i) {
            log.add({at += static_cast<std::int64_t>(rng.below(2'000'000'000))}, {}, 1);
        }
        auto blocks = log.take(true);
        QVERIFY(blocks.size() <= ArrivalLog::kMostBlocks + 1);
        log.add({at + 1}, {}, 1);
        blocks.push_back(log.take(true).front());
        std::uint64_t kept = 0;
        std::uint64_t lost = 0;
        for (const auto& block : blocks) {
            kept += block.arrivals;
            lost += block.lost;
        }
        QVERIFY(lost > 0);
        QCOMPARE(kept + lost, kAll + 1);
        QCOMPARE(blocks.back().before, kAll);
    }
    void aDamagedBlockIsSeen()
    {
        ArrivalLog log;
        log.add({5}, 1ms, 100);
        log.add({5'000'000}, {}, 7);
        const ArrivalBlock block = log.take(true).front();
        QVERIFY(unpack(block));
        int seen = 0;
        for (std::size_t i = 0; i < block.data.size(); ++i) {
            ArrivalBlock cutShort = block;
            cutShort.data.resize(i);
            QVERIFY(!unpack(cutShort));
            for (int bit = 0; bit < 8; ++bit) {
                ArrivalBlock flipped = block;
                flipped.data[i] = static_cast<char>(flipped.data[i] ^ (1 << bit));
                seen += unpack(flipped) ? 0 : 1;  // never a crash
            }
        }
        QVERIFY(seen > 0);
    }
    void aRangeIsCutToTheArrival()
    {
        const Times times = wild(9, 3'000);
        std::vector<ArrivalRun> runs;
        for (const std::int64_t at : times) {
            runs.push_back({Duration(at), 0ns, 1});
        }
        runs.push_back({Duration(times.back() + 1'000'000), 1s, 1001});
        const Times all = timesOf(runs);
        Rng rng(1);
        for (int round = 0; round < 300; ++round) {
            const auto a = static_cast<std::int64_t>(
                rng.below(static_cast<std::uint64_t>(all.back()) + 2'000));
            const auto b = a + static_cast<std::int64_t>(rng.below(2'000'000'000));
            Times expected;
            for (const std::int64_t at : all) {
                if (at >= a && at < b) {
                    expected.push_back(at - a);
                }
            }
            QCOMPARE(timesOf(cut(runs, Duration(a), Duration(b))), expected);
        }
    }
    void aFactorScalesTheRateAndKeepsTheTimes()
    {
        const Times times = wild(4, 4'000);
        std::vector<ArrivalRun> runs;
        for (const std::int64_t at : times) {
            runs.push_back({Duration(at), 0ns, 1});
        }
        const Duration length(times.back() + 1'000'000);
        QCOMPARE(scaled(runs, 1, length), runs);
        for (const double factor : {0.5, 0.7, 1.5, 2.0, 3.0, 10.0}) {
            const Times more = timesOf(scaled(runs, factor, length));
            QVERIFY(std::abs(static_cast<double>(more.size()) - 4'000 * factor) <= 1);
            QVERIFY(std::is_sorted(more.begin(), more.end()));
            QVERIFY(more.back() < length.count());
            for (std::size_t k = 0; k < more.size(); ++k) {
                // Between the two it lies between.
                const auto place =
                    static_cast<std::size_t>(std::floor(static_cast<double>(k) / factor + 1e-9));
                QVERIFY(more[k] + 1 >= times[place]);
                QVERIFY(place + 1 >= times.size() || more[k] <= times[place + 1] + 1);
            }
        }
        // Twice: every one that was there is there again, and one between each two.
        const Times twice = timesOf(scaled(runs, 2, length));
        for (std::size_t i = 0; i < times.size(); ++i) {
            QCOMPARE(twice[2 * i], times[i]);
        }
    }
    void countsInPartsAddUp()
    {
        const Times times = wild(6, 5'000);
        ArrivalLog log;
        for (const std::int64_t at : times) {
            log.add({at}, {}, 1);
        }
        const auto runs = cut(told(log.take(true)), 0ns, 1h);
        const Duration length = runs.back().last() + 1ns;
        for (const std::size_t parts : {1U, 7U, 120U}) {
            const auto counts = countIn(runs, length, parts);
            std::vector<std::uint64_t> expected(parts);
            for (const std::int64_t at : timesOf(runs)) {
                const auto part =
                    static_cast<std::size_t>(static_cast<double>(at) * static_cast<double>(parts) /
                                             static_cast<double>(length.count()));
                ++expected[std::min(part, parts - 1)];
            }
            std::uint64_t moved = 0;  // by rounding, over an edge
            for (std::size_t i = 0; i < parts; ++i) {
                moved += counts[i] > expected[i] ? counts[i] - expected[i] : 0;
            }
            QVERIFY(moved <= 2);
            QCOMPARE(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}),
                     std::uint64_t{5'000});
        }
    }
    void aFileReadsBackAsItWasWritten()
    {
        LoadFile file;
        file.length = 30s;
        file.factor = 2.5;
        file.error = 1001ns;
        file.source = "arrivals";
        file.workload = "flaky";
        file.recorded = "2026-01-01T00:00:03Z";
        file.runs = {{0ns, 5s, 1001}, {6s, 0ns, 12}, {29s, 999'999'999ns, 2}};
        std::ostringstream out;
        writeLoadFile(file, out);
        const auto back = parsed(out.str());
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().text().c_str());
        QCOMPARE(back->runs, file.runs);
        QCOMPARE(back->length.count(), file.length.count());
        QCOMPARE(back->factor, file.factor);
        QCOMPARE(back->error.count(), file.error.count());
        QCOMPARE(back->source, file.source);
        QCOMPARE(back->workload, file.workload);
        QCOMPARE(back->recorded, file.recorded);
    }
    void aMistakeInAFileHasItsLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        const QString head = QStringLiteral("muster-load 1\nlength_ns 1000\n");
        QTest::newRow("nothing") << ""
                                 << "a.load: the load file is empty";
        QTest::newRow("another file") << "[workload]\n"
                                      << "a.load:1: expected \"muster-load 1\" first";
        QTest::newRow("newer") << "muster-load 2\n"
                               << "a.load:1: this reads version 1";
        QTest::newRow("no arrival") << head << "holds no arrival";
        QTest::newRow("unknown") << head + "speed 3\n"
                                 << "a.load:3: there is no entry \"speed\"";
        QTest::newRow("no number") << head + "factor x\n"
                                   << "a.load:3: factor is a number above 0";
        QTest::newRow("negative") << head + "error_ns -1\n"
                                  << "at least 0, found \"-1\"";
        QTest::newRow("half a run") << head + "0 1\n"
                                    << "a.load:3: expected a run of arrivals";
        QTest::newRow("none in it") << head + "0 1 0\n"
                                    << "a.load:3: expected a run of arrivals";
        QTest::newRow("too much in it") << head + "0 1 1 1\n"
                                        << "expected a run of arrivals";
        QTest::newRow("out of order") << head + "# well\n10 5 2\n14 0 1\n"
                                      << "a.load:5: this run begins before";
        QTest::newRow("too late") << head + "999 1 2\n"
                                  << "a.load:3: this run leaves the length";
        QTest::newRow("cut short") << head + "arrivals 9\n0 1 2\n"
                                   << "hold 2 arrivals, not 9";
        QTest::newRow("late entry") << head + "0 1 2\nfactor 2\n"
                                    << "a.load:4: expected a run of arrivals";
        QTest::newRow("beyond all bounds") << head + "0 1 2000000000000\n"
                                           << "a.load:3: a load file holds at most";
    }
    void aMistakeInAFileHasItsLine()
    {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const auto file = parsed(text.toStdString());
        QVERIFY(!file.ok());
        const auto error = QString::fromStdString(file.error().text());
        QVERIFY2(error.contains(said), qPrintable(error));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ArrivalsTest);
#include "arrivals_test.moc"
