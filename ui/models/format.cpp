// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/format.h"

#include <QDateTime>
#include <array>
#include <cmath>
#include <span>

namespace muster::ui {

namespace {

struct Prefix {
    double divisor;
    const char* unit;
};

constexpr double kKibi = 1024;

// Largest first: the first that the value reaches is the one.
constexpr std::array kCounts = {Prefix{1e9, "G"}, Prefix{1e6, "M"}, Prefix{1e3, "k"},
                                Prefix{1, ""}};
constexpr std::array kRates = {Prefix{1e9, "G/s"}, Prefix{1e6, "M/s"}, Prefix{1e3, "k/s"},
                               Prefix{1, "/s"}};
constexpr std::array kTimes = {Prefix{60e9, "min"}, Prefix{1e9, "s"}, Prefix{1e6, "ms"},
                               Prefix{1e3, "µs"}, Prefix{1, "ns"}};
constexpr std::array kBytes = {Prefix{kKibi * kKibi * kKibi * kKibi, "TiB"},
                               Prefix{kKibi * kKibi * kKibi, "GiB"}, Prefix{kKibi * kKibi, "MiB"},
                               Prefix{kKibi, "KiB"}, Prefix{1, "B"}};
constexpr std::array kShares = {Prefix{0.01, "%"}};
constexpr std::array kLevels = {Prefix{1, ""}};

std::span<const Prefix> prefixesOf(Unit unit)
{
    switch (unit) {
        case Unit::count:
            return kCounts;
        case Unit::perSecond:
            return kRates;
        case Unit::nanoseconds:
            return kTimes;
        case Unit::bytes:
            return kBytes;
        case Unit::share:
            return kShares;
        case Unit::level:
            return kLevels;
    }
    return kCounts;
}

QString grouped(QString digits)
{
    const qsizetype sign = digits.startsWith(QLatin1Char('-')) ? 1 : 0;
    for (qsizetype i = digits.size() - 3; i > sign; i -= 3) {
        digits.insert(i, QLatin1Char(','));
    }
    return digits;
}

/// Three significant digits, but no more decimals than say something.
QString threeDigits(double value)
{
    const double size = std::abs(value);
    if (size == 0) {
        return QStringLiteral("0");
    }
    int decimals = 0;
    if (size < 0.01) {
        decimals = 4;
    } else if (size < 9.995) {
        decimals = 2;
    } else if (size < 99.95) {
        decimals = 1;
    }
    return QString::number(value, 'f', decimals);
}

/// Of things that come whole, or nearly: "61", "6.4", "0.25".
QString fewDigits(double value)
{
    const double size = std::abs(value);
    if (size == 0 || size >= 9.95 || size == std::floor(size)) {
        return QString::number(value, 'f', 0);
    }
    return QString::number(value, 'f', size < 0.995 ? 2 : 1);
}

bool comesWhole(Unit unit)
{
    return unit == Unit::count || unit == Unit::perSecond || unit == Unit::level;
}

}  // namespace

Unit unitOf(std::string_view name) noexcept
{
    if (name == "1/s") {
        return Unit::perSecond;
    }
    if (name == "ns") {
        return Unit::nanoseconds;
    }
    if (name == "B") {
        return Unit::bytes;
    }
    return name == "%" ? Unit::share : Unit::count;
}

QString Figure::text() const
{
    return unit.isEmpty() ? number : number + QLatin1Char(' ') + unit;
}

Scale scaleFor(double reference, Unit unit)
{
    const auto prefixes = prefixesOf(unit);
    // 999.96 would be written "1000": it belongs to the next prefix.
    const double size = std::abs(reference) * 1.0005;
    for (const Prefix& prefix : prefixes) {
        // Minutes are for people, from two of them on.
        const double from = unit == Unit::nanoseconds && prefix.divisor == 60e9 ? 2 * prefix.divisor
                                                                                : prefix.divisor;
        if (size >= from) {
            return {prefix.divisor, QString::fromUtf8(prefix.unit)};
        }
    }
    return {prefixes.back().divisor, QString::fromUtf8(prefixes.back().unit)};
}

QString numberIn(double value, const Scale& scale)
{
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    return threeDigits(value / scale.divisor);
}

Figure figure(double value, Unit unit)
{
    if (!std::isfinite(value)) {
        return {QStringLiteral("–"), {}};
    }
    if (unit == Unit::share) {
        const QString text = shareText(value);
        return {text.chopped(2), QStringLiteral("%")};
    }
    if (unit == Unit::count && std::abs(value) < 10'000 && value == std::floor(value)) {
        return {grouped(QString::number(value, 'f', 0)), {}};
    }
    const Scale scale = scaleFor(value, unit);
    if (scale.divisor == 1 && comesWhole(unit)) {
        return {fewDigits(value), scale.unit};
    }
    if (scale.divisor == 1 && (unit == Unit::bytes || unit == Unit::nanoseconds)) {
        return {QString::number(value, 'f', 0), scale.unit};
    }
    return {numberIn(value, scale), scale.unit};
}

Figure figure(const Known& value, Unit unit)
{
    return value.known() ? figure(value.value, unit) : Figure{notAvailable(), {}};
}

QString figureText(double value, Unit unit)
{
    return figure(value, unit).text();
}

QString figureText(const Known& value, Unit unit)
{
    if (value.known()) {
        return figureText(value.value, unit);
    }
    return notAvailable() + QStringLiteral(": ") + QString::fromStdString(value.missing);
}

QString exactText(std::uint64_t value)
{
    return grouped(QString::number(value));
}

QString changeText(std::int64_t change)
{
    if (change == 0) {
        return QStringLiteral("±0");
    }
    const QString digits = grouped(QString::number(std::abs(change)));
    return (change > 0 ? QStringLiteral("+") : QStringLiteral("−")) + digits;
}

QString shareText(double share)
{
    const double percent = share * 100;
    if (percent > 99.99 && percent < 100) {
        return QStringLiteral("> 99.99 %");
    }
    if (percent > 0 && percent < 0.01) {
        return QStringLiteral("< 0.01 %");
    }
    int decimals = 0;
    if (percent > 99 && percent < 100) {
        decimals = 2;
    } else if (percent > 0 && percent < 0.095) {
        decimals = 2;
    } else if (percent > 0 && percent < 9.95) {
        decimals = 1;
    }
    return QString::number(percent, 'f', decimals) + QStringLiteral(" %");
}

QString spanText(Duration span)
{
    using std::chrono::duration_cast;
    if (span > Duration::zero() && span < std::chrono::milliseconds(500)) {
        return QStringLiteral("%1 ms").arg(
            std::chrono::ceil<std::chrono::milliseconds>(span).count());
    }
    const auto total = duration_cast<std::chrono::seconds>(span + std::chrono::milliseconds(500));
    const auto seconds = total.count();
    if (seconds < 120) {
        return QStringLiteral("%1 s").arg(seconds);
    }
    const auto minutes = (seconds + 30) / 60;
    if (minutes < 120) {
        return QStringLiteral("%1 min").arg(minutes);
    }
    if (minutes < 48 * 60) {
        return QStringLiteral("%1 h %2 min")
            .arg(minutes / 60)
            .arg(minutes % 60, 2, 10, QLatin1Char('0'));
    }
    const auto hours = minutes / 60;
    return QStringLiteral("%1 d %2 h").arg(hours / 24).arg(hours % 24);
}

QString exactSpanText(Duration span)
{
    const auto seconds = std::chrono::round<std::chrono::seconds>(span).count();
    if (seconds >= 3600) {
        return QStringLiteral("%1 h %2 min")
            .arg(seconds / 3600)
            .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'));
    }
    const auto rest = seconds % 60;
    if (seconds < 60) {
        return QStringLiteral("%1 s").arg(seconds);
    }
    return rest == 0 ? QStringLiteral("%1 min").arg(seconds / 60)
                     : QStringLiteral("%1 min %2 s").arg(seconds / 60).arg(rest);
}

QString clockText(Duration elapsed)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
    const auto two = [](std::int64_t n) {
        return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0'));
    };
    if (seconds < 3600) {
        return QString::number(seconds / 60) + QLatin1Char(':') + two(seconds % 60);
    }
    return QString::number(seconds / 3600) + QLatin1Char(':') + two(seconds / 60 % 60) +
           QLatin1Char(':') + two(seconds % 60);
}

QString tookText(Duration elapsed)
{
    return elapsed < std::chrono::minutes(1)
               ? figureText(static_cast<double>(elapsed.count()), Unit::nanoseconds)
               : clockText(elapsed);
}

QString timeText(WallTime time, bool utc, bool tenths)
{
    const auto moment =
        QDateTime::fromMSecsSinceEpoch(time.nanoseconds / 1'000'000, utc ? Qt::UTC : Qt::LocalTime);
    QString text = moment.toString(QStringLiteral("HH:mm:ss"));
    if (tenths) {
        text += QLatin1Char('.') + QString::number(moment.time().msec() / 100);
    }
    return text;
}

QString notAvailable()
{
    return QStringLiteral("not available");
}

}  // namespace muster::ui
