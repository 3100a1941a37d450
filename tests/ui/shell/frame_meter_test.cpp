// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/frame_meter.h"

#include "support/test_case.h"

namespace muster::tests {

class FrameMeterTest : public QObject {
    Q_OBJECT

    using Clock = ui::FrameMeter::Clock;
    static Clock::time_point at(double ms)
    {
        return Clock::time_point{} + std::chrono::duration_cast<Clock::duration>(
                                         std::chrono::duration<double, std::milli>(ms));
    }

private slots:
    void a_frame_is_from_the_arrival_to_the_painting()
    {
        ui::FrameMeter meter;
        meter.arrived(at(100));
        meter.painted(at(104.5));
        QCOMPARE(meter.figures().frames, std::uint64_t{1});
        QCOMPARE(meter.figures().lastMs, 4.5);
    }

    void a_painting_without_an_arrival_is_no_frame()
    {
        ui::FrameMeter meter;
        meter.painted(at(5));
        meter.arrived(at(10));
        meter.painted(at(11));
        meter.painted(at(400));
        QCOMPARE(meter.figures().frames, std::uint64_t{1});
        QCOMPARE(meter.figures().maxMs, 1.0);
    }

    void what_was_abandoned_is_no_frame()
    {
        ui::FrameMeter meter;
        meter.arrived(at(10));
        meter.abandon();
        meter.painted(at(90));
        meter.arrived(at(100));
        meter.painted(at(102));
        QCOMPARE(meter.figures().frames, std::uint64_t{1});
        QCOMPARE(meter.figures().maxMs, 2.0);
    }

    void percentiles_and_the_longest_are_told_apart()
    {
        ui::FrameMeter meter;
        for (int frame = 0; frame < 1'000; ++frame) {
            const double start = 100.0 * frame;
            meter.arrived(at(start));
            meter.painted(at(start + (frame == 500 ? 900 : frame % 50 == 0 ? 20 : 3)));
        }
        const auto figures = meter.figures();
        QVERIFY(figures.p50Ms >= 3.0 && figures.p50Ms < 3.2);
        QVERIFY(figures.p99Ms >= 20.0 && figures.p99Ms < 20.2);
        QCOMPARE(figures.maxMs, 900.0);
    }

    void the_rate_is_that_of_the_last_arrivals()
    {
        ui::FrameMeter meter;
        QVERIFY(!meter.snapshotsPerSecond());
        for (int number = 0; number < 40; ++number) {
            meter.arrived(at(number < 20 ? number : 100.0 * number));
        }
        QVERIFY(std::abs(*meter.snapshotsPerSecond() - 10.0) < 0.01);
    }
};

MUSTER_TEST_CASE(FrameMeterTest);

}  // namespace muster::tests

#include "frame_meter_test.moc"
