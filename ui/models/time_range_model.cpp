// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/time_range_model.h"

#include <QDateTime>
#include <algorithm>
#include <array>

#include "models/format.h"

namespace muster::ui {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<RangePreset, 10> kPresets = {{
    {minutes(1), "1 min"},
    {minutes(5), "5 min"},
    {minutes(15), "15 min"},
    {minutes(30), "30 min"},
    {hours(1), "1 h"},
    {hours(6), "6 h"},
    {hours(24), "24 h"},
    {hours(24 * 2), "2 d"},
    {hours(24 * 7), "7 d"},
    {hours(24 * 30), "30 d"},
}};

QDateTime moment(WallTime time, bool utc)
{
    return QDateTime::fromMSecsSinceEpoch(time.nanoseconds / 1'000'000,
                                          utc ? Qt::UTC : Qt::LocalTime);
}

QString presetText(Duration span)
{
    for (const RangePreset& preset : kPresets) {
        if (preset.span == span) {
            return QString::fromLatin1(preset.title);
        }
    }
    return spanText(span);
}

}  // namespace

std::span<const RangePreset> rangePresets() noexcept
{
    return kPresets;
}

TimeRangeModel::TimeRangeModel(QObject* parent) : QObject(parent)
{
    setNow(WallTime{QDateTime::currentMSecsSinceEpoch() * 1'000'000});
}

QString TimeRangeModel::text() const
{
    if (m_live) {
        return tr("Last %1").arg(presetText(span()));
    }
    const QDateTime from = moment(m_range.from, m_utc);
    const QDateTime to = moment(m_range.to, m_utc);
    const QString time = QStringLiteral("HH:mm:ss");
    const QString full = QStringLiteral("d MMM HH:mm:ss");
    const bool today = from.date() == to.date() && from.date() == moment(m_now, m_utc).date();
    return from.toString(today ? time : full) + QStringLiteral(" – ") +
           to.toString(from.date() == to.date() ? time : full) +
           (m_utc ? QStringLiteral(" UTC") : QString());
}

void TimeRangeModel::setUtc(bool utc)
{
    if (utc != m_utc) {
        m_utc = utc;
        emit changed();
    }
}

void TimeRangeModel::setNow(WallTime now)
{
    m_now = now;
    if (m_live) {
        m_range = {now - m_liveSpan, now};
        emit advanced();
    }
}

void TimeRangeModel::setSpan(Duration span)
{
    remember();
    m_liveSpan = std::clamp(span, kShortest, kLongest);
    set({m_now - m_liveSpan, m_now}, true);
}

void TimeRangeModel::setAbsolute(TimeRange range)
{
    if (range.to < range.from) {
        std::swap(range.from, range.to);
    }
    const Duration span = std::clamp(range.to - range.from, kShortest, kLongest);
    remember();
    set({range.from, range.from + span}, false);
}

void TimeRangeModel::goLive()
{
    if (!m_live) {
        set({m_now - m_liveSpan, m_now}, true);
    }
}

void TimeRangeModel::freeze()
{
    if (m_live) {
        set(m_range, false);
    }
}

void TimeRangeModel::zoom(double factor, WallTime at)
{
    const auto scaled = [factor](Duration d) {
        return Duration{static_cast<std::int64_t>(static_cast<double>(d.count()) * factor)};
    };
    const Duration span = std::clamp(scaled(this->span()), kShortest, kLongest);
    if (m_live) {
        if (span != m_liveSpan) {
            remember();
            m_liveSpan = span;
            set({m_now - span, m_now}, true);
        }
        return;
    }
    at = std::clamp(at, m_range.from, m_range.to);
    const double place = static_cast<double>((at - m_range.from).count()) /
                         static_cast<double>(this->span().count());
    const Duration before{static_cast<std::int64_t>(static_cast<double>(span.count()) * place)};
    remember();
    set({at - before, at - before + span}, false);
}

void TimeRangeModel::zoomOut()
{
    if (m_before.empty()) {
        zoom(2.0, m_range.from + span() / 2);
        if (!m_before.empty()) {
            m_before.pop_back();
        }
        return;
    }
    const Before before = m_before.back();
    m_before.pop_back();
    if (before.live) {
        m_liveSpan = before.range.to - before.range.from;
        set({m_now - m_liveSpan, m_now}, true);
    } else {
        set(before.range, false);
    }
}

void TimeRangeModel::shift(double share)
{
    const Duration by{static_cast<std::int64_t>(static_cast<double>(span().count()) * share)};
    TimeRange moved{m_range.from + by, m_range.to + by};
    if (moved.to > m_now) {
        moved = {m_now - span(), m_now};
    }
    if (m_live && moved.to >= m_now) {
        return;
    }
    set(moved, false);
}

void TimeRangeModel::remember()
{
    m_before.push_back({m_range, m_live});
    if (m_before.size() > kRemembered) {
        m_before.erase(m_before.begin());
    }
}

void TimeRangeModel::set(TimeRange range, bool live)
{
    if (live == m_live && range.from == m_range.from && range.to == m_range.to) {
        return;
    }
    m_range = range;
    m_live = live;
    emit changed();
}

}  // namespace muster::ui
