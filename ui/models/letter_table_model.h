// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <functional>
#include <vector>

#include "api/durable_queues.h"
#include "models/latest_request.h"

namespace muster::ui {

/// Dead letters, the newest first: filtered by the engine and fetched a window at a time as the
/// view scrolls. Ticks stay with their letters, whatever is asked anew.
/// Thread safety: the GUI thread's.
class LetterTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Tick, Id, Queue, Cause, Attempts, Died, Payload, ColumnCount };
    using Request = LatestRequest<LetterQuery, LetterList>;

    explicit LetterTableModel(Request::Fetch fetch, QObject* parent = nullptr);

    /// The letters that match, from the newest on.
    void setQuery(const LetterQuery& query);
    /// The same anew: letters may have come and gone.
    void refresh();
    void setUtc(bool utc);

    [[nodiscard]] const LetterRow* letterAt(int row) const;
    [[nodiscard]] int rowOf(std::uint64_t id) const;
    [[nodiscard]] std::uint64_t total() const { return m_total; }
    [[nodiscard]] const std::vector<LetterGroupRow>& groups() const { return m_groups; }
    [[nodiscard]] QList<quint64> ticked() const { return m_ticked.values(); }
    void untick();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

    static constexpr std::uint64_t kWindow = 200;

signals:
    /// After each answer; `error` is empty when it was one.
    void refreshed(const QString& error);
    void ticksChanged();

private:
    void show(const LetterQuery& query, const Result<LetterList>& list);
    void append(const std::vector<LetterRow>& rows);
    void replace(std::vector<LetterRow> rows);
    void dropTicksOfGone();

    LetterQuery m_query;
    std::vector<LetterRow> m_rows;
    std::vector<LetterGroupRow> m_groups;
    std::uint64_t m_total = 0;
    QSet<quint64> m_ticked;
    bool m_utc = false;
    Request m_request;  ///< last: answers use the rest
};

}  // namespace muster::ui
