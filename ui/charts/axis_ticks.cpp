// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/axis_ticks.h"

#include <QDateTime>
#include <array>
#include <cmath>

namespace muster::ui {

namespace {

constexpr double kHeadroom = 1.06;
constexpr std::array<double, 5> kSteps = {1, 2, 2.5, 5, 10};

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

/// The step of a round number of the axis's own scale that needs at most five of them.
double roundStep(double largest)
{
    const double rough = largest / 4;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double step : kSteps) {
        if (largest <= 4 * step * power) {
            return step * power;
        }
    }
    return 10 * power;
}

std::vector<AxisTick> ticksOf(double step, int count, const Scale& scale)
{
    std::vector<AxisTick> ticks;
    const int decimals = decimalsOf(step);
    for (int i = 0; i <= count; ++i) {
        QString label = QString::number(step * i, 'f', i == 0 ? 0 : decimals);
        if (!scale.unit.isEmpty()) {
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

ValueAxis valueAxis(double largest, Unit unit)
{
    if (!(largest > 0) || !std::isfinite(largest)) {
        largest = smallestTop(unit) / kHeadroom;
    }
    largest *= kHeadroom;
    const Scale scale = axisScale(largest, unit);
    double step = roundStep(largest / scale.divisor);
    if (scale.divisor == 1 && (unit == Unit::count || unit == Unit::level)) {
        step = std::max(1.0, std::ceil(step));
    }
    const int count =
        std::max(2, static_cast<int>(std::ceil(largest / scale.divisor / step - 1e-9)));
    return {step * count * scale.divisor, ticksOf(step, count, scale)};
}

ValueAxis fixedAxis(double top, Unit unit)
{
    const Scale scale = axisScale(top, unit);
    return {top, ticksOf(top / scale.divisor / 4, 4, scale)};
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
