// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/job_table_model.h"

#include <algorithm>

#include "models/format.h"

namespace muster::ui {

JobTableModel::JobTableModel(Request::Fetch fetch, QObject* parent)
    : QAbstractTableModel(parent),
      m_request(std::move(fetch),
                [this](const JobQuery& query, const Result<std::vector<JobRow>>& jobs) {
                    show(query, jobs);
                })
{
}

void JobTableModel::setQueue(const std::string& queue)
{
    if (queue == m_queue) {
        return;
    }
    m_queue = queue;
    m_request.forget();
    m_more = false;
    replace({});
    refresh();
}

void JobTableModel::refresh()
{
    if (!m_queue.empty()) {
        m_request.ask({m_queue, 0, std::max<std::uint64_t>(kWindow, m_rows.size())});
    }
}

void JobTableModel::setUtc(bool utc)
{
    m_utc = utc;
    if (!m_rows.empty()) {
        emit dataChanged(index(0, Pushed), index(rowCount() - 1, Pushed));
    }
}

void JobTableModel::show(const JobQuery& query, const Result<std::vector<JobRow>>& jobs)
{
    if (!jobs.ok()) {
        m_more = false;
        replace({});
        emit refreshed(QString::fromStdString(jobs.error().text()));
        return;
    }
    m_more = jobs->size() >= query.limit;
    if (query.after == 0) {
        replace(jobs.value());
    } else if (!jobs->empty()) {
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(jobs->size()) - 1);
        m_rows.insert(m_rows.end(), jobs->begin(), jobs->end());
        endInsertRows();
    }
    emit refreshed({});
}

void JobTableModel::replace(const std::vector<JobRow>& rows)
{
    // Cells change in place: a queue at work has other jobs at each look, as many as before.
    const int before = rowCount();
    const int now = static_cast<int>(rows.size());
    if (now < before) {
        beginRemoveRows({}, now, before - 1);
        m_rows.resize(rows.size());
        endRemoveRows();
    }
    std::copy(rows.begin(), rows.begin() + std::min(before, now), m_rows.begin());
    if (now > before) {
        beginInsertRows({}, before, now - 1);
        m_rows.insert(m_rows.end(), rows.begin() + before, rows.end());
        endInsertRows();
    }
    if (now > 0) {
        emit dataChanged(index(0, 0), index(now - 1, ColumnCount - 1));
    }
}

const JobRow* JobTableModel::jobAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int JobTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int JobTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant JobTableModel::data(const QModelIndex& index, int role) const
{
    const JobRow* job = jobAt(index.row());
    if (job == nullptr) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Id || index.column() == Attempts)) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    switch (index.column()) {
        case Id:
            return QString::number(job->id);
        case State:
            return QString::fromStdString(job->state);
        case Priority:
            return QString::fromStdString(job->priority);
        case Attempts:
            return QString::number(job->attempts);
        case Pushed:
            return timeText(job->pushedAt, m_utc);
        case Origin:
            return job->cause == 0 ? tr("a push") : tr("retry of %1").arg(job->cause);
        case Payload:
            return QString::fromStdString(job->payload).simplified();
        default:
            return {};
    }
}

QVariant JobTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        const bool number = section == Attempts || section == Id;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    static const char* const kTitles[] = {QT_TR_NOOP("Id"),       QT_TR_NOOP("State"),
                                          QT_TR_NOOP("Priority"), QT_TR_NOOP("Attempts"),
                                          QT_TR_NOOP("Pushed"),   QT_TR_NOOP("Comes of"),
                                          QT_TR_NOOP("Payload")};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= ColumnCount) {
        return {};
    }
    return tr(kTitles[section]);
}

bool JobTableModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && m_more && !m_request.busy();
}

void JobTableModel::fetchMore(const QModelIndex&)
{
    m_request.ask({m_queue, m_rows.empty() ? 0 : m_rows.back().id, kWindow});
}

}  // namespace muster::ui
