// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run_table_model.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <array>
#include <utility>

#include "models/format.h"

namespace muster::ui {

namespace {

struct Column {
    const char* title;
    const char* tip;
    bool number = false;
};

constexpr std::array<Column, RunTableModel::ColumnCount> kColumns = {{
    {"", "Which of the two compared it is"},
    {"Workload", "What ran"},
    {"Run", "Its number in the session", true},
    {"Started", "Local time"},
    {"Took", "From its start to its end", true},
    {"Actions", "That ended well or badly", true},
    {"Failed", "Of those actions", true},
    {"Size", "Of the whole session, with its log", true},
    {"State", "Whether it was closed, goes on, crashed, or is damaged"},
    {"Session", "The file"},
}};

bool readable(const RecordedRun& run)
{
    return run.run.has_value();
}

int placeOf(const std::vector<RecordedRun>& runs, const std::optional<RecordedRun>& like)
{
    for (std::size_t i = 0; like && i < runs.size(); ++i) {
        if (runs[i].file == like->file && runs[i].run && like->run &&
            runs[i].run->id == like->run->id) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace

void RunTableModel::setRuns(std::vector<RecordedRun> runs)
{
    const auto a = chosenA() != nullptr ? std::optional(*chosenA()) : std::nullopt;
    const auto b = chosenB() != nullptr ? std::optional(*chosenB()) : std::nullopt;
    beginResetModel();
    m_runs = std::move(runs);
    m_totals.clear();
    for (const RecordedRun& run : m_runs) {
        const auto summary =
            run.run
                ? QJsonDocument::fromJson(QByteArray::fromStdString(run.run->summaryJson)).object()
                : QJsonObject();
        const auto count = [&summary](const char* key) {
            const auto value = summary.value(QLatin1String(key));
            return value.isDouble() ? exactText(static_cast<std::uint64_t>(value.toDouble()))
                                    : QStringLiteral("–");
        };
        m_totals.push_back({count("actions"), count("failed")});
    }
    m_a = placeOf(m_runs, a);
    m_b = placeOf(m_runs, b);
    endResetModel();
}

const RecordedRun* RunTableModel::runAt(int row) const
{
    const bool there = row >= 0 && row < static_cast<int>(m_runs.size());
    return there ? &m_runs[static_cast<std::size_t>(row)] : nullptr;
}

bool RunTableModel::chooseA(int row)
{
    return choose(m_a, row);
}

bool RunTableModel::chooseB(int row)
{
    return choose(m_b, row);
}

bool RunTableModel::choose(int& place, int row)
{
    if (runAt(row) == nullptr || !readable(*runAt(row))) {
        return false;
    }
    place = place == row ? -1 : row;
    emit dataChanged(index(0, Chosen), index(rowCount() - 1, Chosen));
    return true;
}

int RunTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString RunTableModel::stateText(RecordedRun::State state)
{
    switch (state) {
        case RecordedRun::State::closed:
            return tr("✓ closed");
        case RecordedRun::State::live:
            return tr("● live");
        case RecordedRun::State::unclosed:
            return tr("! not closed");
        case RecordedRun::State::damaged:
            return tr("✕ damaged");
        case RecordedRun::State::unreadable:
            return tr("✕ cannot be read");
    }
    return {};
}

QString RunTableModel::text(int row, int column) const
{
    const RecordedRun& offer = m_runs[static_cast<std::size_t>(row)];
    const auto& run = offer.run;
    switch (column) {
        case Chosen:
            return row == m_a && row == m_b ? QStringLiteral("A B")
                   : row == m_a             ? QStringLiteral("A")
                   : row == m_b             ? QStringLiteral("B")
                                            : QString();
        case Workload:
            return run ? QString::fromStdString(run->workload) : notAvailable();
        case Run:
            return run ? QString::number(run->id.value) : QStringLiteral("–");
        case Started:
            return run ? QDateTime::fromMSecsSinceEpoch(run->startedAt.nanoseconds / 1'000'000)
                             .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))
                       : QStringLiteral("–");
        case Took:
            return run && run->endedAt ? tookText(*run->endedAt - run->startedAt)
                                       : QStringLiteral("–");
        case Actions:
            return m_totals[static_cast<std::size_t>(row)].actions;
        case Failed:
            return m_totals[static_cast<std::size_t>(row)].failed;
        case Size:
            return offer.bytes > 0 ? figureText(static_cast<double>(offer.bytes), Unit::bytes)
                                   : QStringLiteral("–");
        case StateColumn:
            return stateText(offer.state);
        case File:
            return QFileInfo(offer.file).fileName();
        default:
            return {};
    }
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const
{
    if (runAt(index.row()) == nullptr) {
        return {};
    }
    const RecordedRun& offer = *runAt(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return text(index.row(), index.column());
        case Qt::ToolTipRole:
            return offer.problem.isEmpty() ? offer.file : offer.file + '\n' + offer.problem;
        case Qt::UserRole:
            return static_cast<int>(offer.state);
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1 %2").arg(
                QString::fromUtf8(kColumns[static_cast<std::size_t>(index.column())].title),
                text(index.row(), index.column()));
        default:
            return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const Column& column = kColumns[static_cast<std::size_t>(section)];
    switch (role) {
        case Qt::DisplayRole:
            return tr(column.title);
        case Qt::ToolTipRole:
            return tr(column.tip);
        case Qt::TextAlignmentRole:
            return static_cast<int>((column.number ? Qt::AlignRight : Qt::AlignLeft) |
                                    Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace muster::ui
