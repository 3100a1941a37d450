// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figures_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "models/time_series_model.h"

namespace muster::ui {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<std::int64_t, 12> kSteps = {1,  2,   5,   10,  15,   30,
                                                 60, 120, 300, 900, 3600, 10'800};

std::int64_t stepFor(TimeRange range)
{
    const auto span = (range.to - range.from).count();
    for (const std::int64_t seconds : kSteps) {
        if (span / (seconds * kSecond) < FiguresModel::kMostRows) {
            return seconds * kSecond;
        }
    }
    return kSteps.back() * kSecond;
}

QString key(const ChartLine& line)
{
    const SeriesInfo& info = seriesInfo(line.series);
    QString name =
        QString::fromUtf8(info.metric.data(), static_cast<qsizetype>(info.metric.size()));
    name.replace(QLatin1Char('.'), QLatin1Char('_'));
    if (info.unit == "ns") {
        name += QStringLiteral("_ns");
    } else if (info.unit == "B") {
        name += QStringLiteral("_bytes");
    } else if (info.unit == "1/s" && !name.endsWith(QStringLiteral("per_second"))) {
        name += QStringLiteral("_per_second");
    }
    return name;
}

}  // namespace

FiguresModel::FiguresModel(const ChartSpec& spec, const TimeSeriesModel& series, TimeRange range,
                           bool utc, QObject* parent)
    : QAbstractTableModel(parent), m_spec(spec), m_utc(utc)
{
    const std::int64_t step = stepFor(range);
    for (std::int64_t at = (range.from.nanoseconds / step + 1) * step; at <= range.to.nanoseconds;
         at += step) {
        Row row{{at}, {}};
        bool any = false;
        for (const ChartLine& line : spec.lines) {
            const auto value = series.series(line.series).valueAt({at});
            any = any || value;
            row.values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
        }
        if (any) {
            m_rows.push_back(std::move(row));
        }
    }
}

int FiguresModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FiguresModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : 1 + static_cast<int>(m_spec.lines.size());
}

QVariant FiguresModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole) {
        return index.column() == 0 ? int(Qt::AlignLeft | Qt::AlignVCenter)
                                   : int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (index.column() == 0) {
        return role == Qt::DisplayRole ? QVariant(timeText(row.at, m_utc)) : QVariant();
    }
    const double value = row.values[static_cast<std::size_t>(index.column() - 1)];
    if (role == NumberRole) {
        return value;
    }
    if (role == Qt::DisplayRole) {
        return std::isnan(value) ? notAvailable() : figureText(value, m_spec.unit);
    }
    return {};
}

QVariant FiguresModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return section == 0 ? int(Qt::AlignLeft | Qt::AlignVCenter)
                            : int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == 0) {
        return m_utc ? tr("Time, UTC") : tr("Time");
    }
    const QString& title = m_spec.lines[static_cast<std::size_t>(section - 1)].title;
    return title.isEmpty() ? m_spec.title : title;
}

QString FiguresModel::csv() const
{
    QStringList lines;
    QStringList fields{QStringLiteral("time")};
    for (const ChartLine& line : m_spec.lines) {
        fields << key(line);
    }
    lines << fields.join(QLatin1Char(','));
    for (const Row& row : m_rows) {
        fields = {QString::fromStdString(toString(row.at))};
        for (const double value : row.values) {
            fields << (std::isnan(value) ? QString() : QString::number(value, 'g', 12));
        }
        lines << fields.join(QLatin1Char(','));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace muster::ui
