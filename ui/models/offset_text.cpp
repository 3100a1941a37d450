// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/offset_text.h"

#include <QRegularExpression>
#include <QStringList>
#include <array>
#include <cmath>

#include "models/format.h"

namespace muster::ui {

namespace {

constexpr double kLongestSeconds = 3600.0 * 24 * 366;

std::optional<Duration> fromSeconds(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0 || seconds > kLongestSeconds) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

struct UnitName {
    const char* name;
    double seconds;
};
constexpr std::array kUnits{UnitName{"ms", 0.001}, UnitName{"min", 60},  UnitName{"m", 60},
                            UnitName{"h", 3600},   UnitName{"d", 86400}, UnitName{"s", 1}};

/// "1:02:03.5": minutes and seconds below sixty.
std::optional<Duration> fromClock(const QString& text)
{
    static const QRegularExpression shape(
        QStringLiteral("^(?:(\\d{1,4}):)?(\\d{1,4}):(\\d{1,2}(?:\\.\\d{1,9})?)$"));
    const auto match = shape.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const double seconds = match.captured(3).toDouble();
    const double minutes = match.captured(2).toDouble();
    if (seconds >= 60 || (!match.captured(1).isEmpty() && minutes >= 60)) {
        return std::nullopt;
    }
    return fromSeconds(match.captured(1).toDouble() * 3600 + minutes * 60 + seconds);
}

}  // namespace

std::optional<Duration> offsetFrom(const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.contains(QLatin1Char(':'))) {
        return fromClock(trimmed);
    }
    for (const UnitName& unit : kUnits) {
        if (trimmed.endsWith(QLatin1String(unit.name))) {
            bool number = false;
            const double value =
                trimmed.chopped(static_cast<qsizetype>(qstrlen(unit.name))).toDouble(&number);
            return number ? fromSeconds(value * unit.seconds) : std::nullopt;
        }
    }
    bool number = false;
    const double value = trimmed.toDouble(&number);
    return number ? fromSeconds(value) : std::nullopt;
}

QString offsetText(Duration offset)
{
    const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(offset).count() % 1000;
    return part == 0
               ? clockText(offset)
               : QStringLiteral("%1.%2").arg(clockText(offset)).arg(part, 3, 10, QLatin1Char('0'));
}

}  // namespace muster::ui
