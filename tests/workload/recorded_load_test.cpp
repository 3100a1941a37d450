// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <fstream>

#include "operations/load_file.h"
#include "support/test_case.h"
#include "workload/load_fixture.h"

namespace muster {

namespace {

using namespace std::chrono_literals;
using tests::LoadFixture;

/// Even, at once, alone, and even again, with gaps.
LoadFile sample()
{
    LoadFile file;
    file.length = 10s;
    file.runs = {{0ns, 1s, 1001}, {1500ms, 0ns, 40}, {2'345'678'901ns, 0ns, 1}, {4s, 5s, 7'001}};
    return file;
}

std::vector<std::int64_t> timesOf(const std::vector<ArrivalRun>& runs)
{
    std::vector<std::int64_t> times;
    for (const ArrivalRun& run : runs) {
        for (std::uint64_t i = 0; i < run.count; ++i) {
            times.push_back(run.at(i).count());
        }
    }
    return times;
}

LoadFixture::Options recorded(LoadFile file)
{
    LoadFixture::Options options;
    options.agents = 50;
    options.load.model = ArrivalModel::open;
    options.load.recorded = std::make_shared<const LoadFile>(std::move(file));
    return options;
}

/// All that a profile makes come, from its beginning on, in beats of any length.
std::vector<std::int64_t> arrivalsOf(LoadProfile profile, Duration beat)
{
    std::vector<std::int64_t> times;
    std::int64_t at = 0;
    for (int i = 0; i < 20'000 && !profile.over(); ++i) {
        std::vector<LoadProfile::Stretch> stretches;
        profile.advance(beat, stretches);
        for (const auto& stretch : stretches) {
            const auto count = static_cast<std::uint64_t>(stretch.arrivals);
            for (std::uint64_t k = 1; k <= count; ++k) {
                const double share = static_cast<double>(k) / stretch.arrivals;
                times.push_back(at + static_cast<std::int64_t>(
                                         static_cast<double>(stretch.length.count()) * share));
            }
            at += stretch.length.count();
        }
    }
    return times;
}

const char* const kWorkload = R"([workload]
name = "again"
[[agents]]
name = "a"
action = "act"
[actions.act]
kind = "synthetic"
[[load]]
model = "recorded"
file = "%1"
)";

}  // namespace

class RecordedLoadTest : public QObject {
    Q_OBJECT
private slots:
    void everyArrivalComesAtItsTimeHoweverLongABeatIs()
    {
        const LoadFile file = sample();
        const auto expected = timesOf(file.runs);
        for (const Duration beat :
             {Duration(1ms), Duration(7ms), Duration(1'234'567ns), Duration(3s)}) {
            const auto got = arrivalsOf(LoadProfile(std::make_shared<const LoadFile>(file)), beat);
            QCOMPARE(got.size(), expected.size());
            for (std::size_t i = 0; i < got.size(); ++i) {
                QVERIFY2(std::abs(got[i] - expected[i]) <= 1,
                         qPrintable(QString("%1: %2 for %3").arg(i).arg(got[i]).arg(expected[i])));
            }
        }
    }
    void theGeneratorOffersThemWhenTheyAreDueAndLogsThem()
    {
        auto options = recorded(sample());
        LoadFixture load(options);
        load.start();
        load.run(1ms);  // its first beat: there its time begins
        std::uint64_t most = 0;
        for (int ms = 100; ms <= 10'000; ms += 100) {
            load.run(100ms);
            std::uint64_t expected = 0;
            for (const auto& run : sample().runs) {
                expected += countBefore(run, std::chrono::milliseconds(ms));
            }
            const auto offered = load.figures().offered;
            most = std::max(most, std::max(offered, expected) - std::min(offered, expected));
        }
        QCOMPARE(most, std::uint64_t{0});
        load.run(1s);
        QCOMPARE(load.finished(), std::vector<std::string>{"the load profile is over"});
        QCOMPARE(load.figures().achieved, std::uint64_t{1001 + 40 + 1 + 7001});
        QCOMPARE(load.figures().dropped, std::uint64_t{0});
        QVERIFY(load.figures().recorded);
    }
    void whatWasLoggedOfItIsTheSameLoadAgain()
    {
        LoadFixture load(recorded(sample()));
        load.start();
        load.run(11s);
        std::vector<ArrivalRun> logged;
        for (const auto& block : load.generator->takeArrivals()) {
            const auto unpacked = unpack(block);
            QVERIFY(unpacked);
            for (ArrivalRun run : unpacked->runs) {
                run.first += block.begin - MonoTime{};
                logged.push_back(run);
            }
        }
        const auto expected = timesOf(sample().runs);
        const auto got = timesOf(logged);
        QCOMPARE(got.size(), expected.size());
        std::int64_t most = 0;
        for (std::size_t i = 1; i < got.size(); ++i) {
            most =
                std::max(most, std::abs((got[i] - got[i - 1]) - (expected[i] - expected[i - 1])));
        }
        QVERIFY2(most <= 1'002, qPrintable(QString::number(most)));
    }
    void aPauseHoldsThemBackAndAHeldRateTakesTheirPlace()
    {
        LoadProfile profile(std::make_shared<const LoadFile>(sample()));
        std::vector<LoadProfile::Stretch> stretches;
        const auto arrivals = [&](Duration time) {
            stretches.clear();
            profile.advance(time, stretches);
            double sum = 0;
            for (const auto& stretch : stretches) {
                sum += stretch.arrivals;
            }
            return sum;
        };
        QCOMPARE(arrivals(500ms), 500.0);
        profile.pause();
        QCOMPARE(arrivals(1h), 0.0);
        profile.resume();
        QCOMPARE(arrivals(700ms), 501.0);
        profile.hold(10);
        QCOMPARE(arrivals(1s), 10.0);  // the forty go by
        profile.hold(std::nullopt);
        QCOMPARE(arrivals(1s), 1.0);
        profile.reshape(5, {{100s, 5}});
        QVERIFY(!profile.recorded());
        QCOMPARE(arrivals(10s), 50.0);
    }
    void itsOutlineShowsTheRateOfThen()
    {
        LoadProfile profile(std::make_shared<const LoadFile>(sample()));
        QCOMPARE(profile.stages().size(), std::size_t{10});
        QCOMPARE(profile.start(), 1000.0);
        QCOMPARE(profile.stages()[1].target, 41.0);
        QCOMPARE(profile.stages()[3].target, 0.0);
        Duration length{};
        for (const auto& stage : profile.stages()) {
            length += stage.length;
        }
        QCOMPARE(length.count(), Duration(10s).count());
    }
    void aWorkloadNamesItsFileAndItsFactor()
    {
        const QTemporaryDir directory;
        const auto path = directory.filePath("a.load").toStdString();
        QVERIFY(saveLoadFile(sample(), path).ok());
        const auto actions = builtInActions();
        const auto text = QString(kWorkload).arg(QString::fromStdString(path)).toStdString();
        const auto once = parseWorkload(text, "w.toml", {}, actions);
        QVERIFY2(once.ok(), once.ok() ? "" : once.error().text().c_str());
        QCOMPARE(once->load->recorded->runs, sample().runs);
        const auto twice = parseWorkload(text + "factor = 2\n", "w.toml", {}, actions);
        QVERIFY(twice.ok());
        QCOMPARE(arrivalsOf(twice->load->recorded->runs), std::uint64_t{2 * 8043});
    }
    void aWrongLoadIsRefusedWithItsLine_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("said");
        QTest::newRow("none") << "none.load"
                              << ""
                              << "load.0.file";
        QTest::newRow("bad") << "bad.load"
                             << ""
                             << "bad.load:3: expected a run of arrivals";
        QTest::newRow("hold") << "a.load"
                              << "after = \"hold\"\n"
                              << "load.0.after";
        QTest::newRow("factor") << "a.load"
                                << "factor = 1000\n"
                                << "load.0.factor";
        QTest::newRow("stages") << "a.load"
                                << "rate = \"5/s\"\n"
                                << "load.0.rate";
    }
    void aWrongLoadIsRefusedWithItsLine()
    {
        QFETCH(QString, file);
        QFETCH(QString, more);
        QFETCH(QString, said);
        const QTemporaryDir directory;
        QVERIFY(saveLoadFile(sample(), directory.filePath("a.load").toStdString()).ok());
        std::ofstream(directory.filePath("bad.load").toStdString())
            << "muster-load 1\nlength_ns 5\n1\n";
        const auto read =
            parseWorkload((QString(kWorkload).arg(directory.filePath(file)) + more).toStdString(),
                          "w.toml", {}, builtInActions());
        QVERIFY(!read.ok());
        const auto error = QString::fromStdString(read.error().text());
        QVERIFY2(error.contains(said) && error.contains("w.toml:"), qPrintable(error));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::RecordedLoadTest);
#include "recorded_load_test.moc"
