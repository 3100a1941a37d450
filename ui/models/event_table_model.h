// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>

#include "api/queries.h"
#include "models/latest_request.h"

namespace muster::ui {

/// Events, newest first: either a live tail of bounded length, or the recorded ones that match
/// a query, of which more are fetched (by key, not by number) as the view nears the end.
/// Rows come and go one batch at a time, without resets.
/// Thread safety: one thread, as every model.
class EventTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { timeColumn, typeColumn, sourceColumn, dataColumn, columnsCount };
    enum Roles { RowRole = Qt::UserRole };  ///< const EventRow*

    using Request = LatestRequest<EventQuery, EventPage>;

    explicit EventTableModel(Request::Fetch fetch, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

    /// Empties the table and asks for what matches, a page at a time.
    void setQuery(const EventQuery& query);
    /// Empties the table, asks for the newest that match and takes what append() brings after.
    void startTail(const EventQuery& query);
    /// Empties the table and takes what append() brings, without asking for any.
    void startReplay();
    [[nodiscard]] bool tailing() const { return m_tailing; }

    /// Rows of the live tail, oldest first as they happened. While paused they wait, bounded.
    void append(const std::vector<EventRow>& rows);
    void setPaused(bool on);
    [[nodiscard]] bool paused() const { return m_paused; }
    [[nodiscard]] int waiting() const { return static_cast<int>(m_waiting.size()); }

    [[nodiscard]] bool loading() const { return m_request.busy(); }
    [[nodiscard]] bool complete() const { return !m_more; }
    [[nodiscard]] const EventRow* eventAt(int row) const;
    [[nodiscard]] int rowOf(EventId event) const;

    /// The tail keeps this many rows; older ones go, the session's database has them.
    static constexpr int kTailRows = 5'000;
    static constexpr std::uint64_t kPageRows = 200;

signals:
    /// A page has come or the tail moved; `error` is empty when all is well.
    void refreshed(const QString& error);

private:
    void show(const EventQuery& query, const Result<EventPage>& page);
    void empty();
    void insertNewest(const std::vector<EventRow>& rows);
    void appendOlder(const std::vector<EventRow>& rows);
    [[nodiscard]] bool known(EventId event) const;
    void trim();

    Request m_request;
    EventQuery m_query;
    std::deque<EventRow> m_rows;
    std::vector<EventRow> m_waiting;  ///< of a paused tail, oldest first
    bool m_more = false;
    bool m_tailing = false;
    bool m_paused = false;
};

}  // namespace muster::ui

Q_DECLARE_METATYPE(const muster::EventRow*)
