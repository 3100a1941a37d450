// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "api/durable_queues.h"
#include "models/latest_request.h"

namespace muster::ui {

/// The jobs of one durable queue that are not done, the oldest first, fetched a window at a time
/// as the view scrolls.
/// Thread safety: the GUI thread's.
class JobTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Id, State, Priority, Attempts, Pushed, Origin, Payload, ColumnCount };
    using Request = LatestRequest<JobQuery, std::vector<JobRow>>;

    explicit JobTableModel(Request::Fetch fetch, QObject* parent = nullptr);

    /// Empty: none, and no rows.
    void setQueue(const std::string& queue);
    [[nodiscard]] const std::string& queue() const { return m_queue; }
    /// The same anew: jobs come and go.
    void refresh();
    void setUtc(bool utc);

    [[nodiscard]] const JobRow* jobAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

    static constexpr std::uint64_t kWindow = 200;

signals:
    /// After each answer; `error` is empty when it was one.
    void refreshed(const QString& error);

private:
    void show(const JobQuery& query, const Result<std::vector<JobRow>>& jobs);
    void replace(const std::vector<JobRow>& rows);

    std::string m_queue;
    std::vector<JobRow> m_rows;
    bool m_more = false;
    bool m_utc = false;
    Request m_request;  ///< last: answers use the rest
};

}  // namespace muster::ui
