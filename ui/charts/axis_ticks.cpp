// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/axis_ticks.h"

#include <QDateTime>
#include <array>
#include <cmath>
#include <limits>

namespace muster::ui {

namespace {

constexpr double kHeadroom = 1.06;
constexpr std::array<double, 7> kSteps = {1, 2, 2.5, 3, 4, 5, 10};
constexpr int kFewestSteps = 3;
constexpr int kMostSteps = 5;

/// What an axis shows while nothing but 0 is on it.
double smallestTop(Unit unit)
{
    switch (unit) {
        case Unit::nanoseconds:
            return 1e6;
        case Unit::bytes:
            return 1024 * 1024;
        case Unit::share:
            return 1;
        default:
            return 4;
    }
}

int decimalsOf(double step)
{
    for (int decimals = 0; decimals < 4; ++decimals) {
        const double scaled = step * std::pow(10, decimals);
        if (std::abs(scaled - std::round(scaled)) < 1e-6) {
            return decimals;
        }
    }
    return 4;
}

struct Steps {
    double step;
    int count;
};

/// The round steps with the lowest top that holds `largest`; whole ones where asked.
Steps roundSteps(double largest, bool whole)
{
    Steps best{largest, 0};
    double lowest = std::numeric_limits<double>::max();
    const int power = static_cast<int>(std::floor(std::log10(largest)));
    for (int exponent = power - 1; exponent <= power; ++exponent) {
        for (const double one : kSteps) {
            const double step = one * std::pow(10, exponent);
            // 2.5 needs a digit more than its neighbours; 25 does not.
            const bool fussy = one == 2.5 && exponent < 1;
            if (fussy || (whole && step != std::floor(step))) {
                continue;
            }
            const int count =
                std::max(kFewestSteps, static_cast<int>(std::ceil(largest / step - 1e-9)));
            if (count <= kMostSteps && step * count < lowest - 1e-9) {
                lowest = step * count;
                best = {step, count};
            }
        }
    }
    return best;
}

std::vector<AxisTick> ticksOf(double step, int count, const Scale& scale, AxisUnits units)
{
    std::vector<AxisTick> ticks{{0, QStringLiteral("0")}};
    const int decimals = decimalsOf(step);
    for (int i = 1; i <= count; ++i) {
        QString label = QString::number(step * i, 'f', decimals);
        if (!scale.unit.isEmpty() && units == AxisUnits::onLabels) {
            label += QLatin1Char(' ') + scale.unit;
        }
        ticks.push_back({step * i * scale.divisor, label});
    }
    return ticks;
}

Scale axisScale(double largest, Unit unit)
{
    Scale scale = scaleFor(largest, unit);
    // The chart's title says "per second"; on the axis only the prefix matters.
    scale.unit.remove(QStringLiteral("/s"));
    return scale;
}

constexpr std::array<std::int64_t, 26> kTimeSteps = {
    1,      2,      5,      10,      15,      30,      60,      120,     300,
    600,    900,    1800,   3600,    7200,    10800,   21600,   43200,   86400,
    172800, 432000, 604800, 1209600, 2592000, 5184000, 7776000, 31536000};

QString timeFormat(std::int64_t step)
{
    if (step < 60) {
        return QStringLiteral("HH:mm:ss");
    }
    return step < 86400 ? QStringLiteral("HH:mm") : QStringLiteral("d MMM");
}

}  // namespace

ValueAxis valueAxis(double largest, Unit unit, AxisUnits units)
{
    if (!(largest > 0) || !std::isfinite(largest)) {
        largest = smallestTop(unit) / kHeadroom;
    }
    largest *= kHeadroom;
    const Scale scale = axisScale(largest, unit);
    const bool whole = scale.divisor == 1 && unit == Unit::count;
    const auto [step, count] =
        roundSteps(std::max(largest / scale.divisor, whole ? 2.5 : 0.0), whole);
    // The round top may reach the next prefix: "1 M", not "1000 k".
    const double top = step * count * scale.divisor;
    const Scale shown = axisScale(top, unit);
    return {top, shown, ticksOf(step * scale.divisor / shown.divisor, count, shown, units)};
}

ValueAxis fixedAxis(double top, Unit unit, AxisUnits units)
{
    const Scale scale = axisScale(top, unit);
    return {top, scale, ticksOf(top / scale.divisor / 4, 4, scale, units)};
}

std::vector<AxisTick> timeTicks(TimeRange range, int labels, bool utc)
{
    const std::int64_t from = range.from.nanoseconds / 1'000'000'000;
    const std::int64_t to = range.to.nanoseconds / 1'000'000'000;
    std::int64_t step = kTimeSteps.back();
    for (const std::int64_t one : kTimeSteps) {
        if ((to - from) / one < std::max(labels, 1)) {
            step = one;
            break;
        }
    }
    const Qt::TimeSpec spec = utc ? Qt::UTC : Qt::LocalTime;
    const std::int64_t offset = QDateTime::fromSecsSinceEpoch(from, spec).offsetFromUtc();
    std::vector<AxisTick> ticks;
    for (std::int64_t at = ((from + offset) / step + 1) * step - offset; at <= to; at += step) {
        ticks.push_back({static_cast<double>(at),
                         QDateTime::fromSecsSinceEpoch(at, spec).toString(timeFormat(step))});
    }
    return ticks;
}

}  // namespace muster::ui
