// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <functional>

#include "api/queries.h"
#include "models/latest_request.h"

namespace muster::ui {

/// The agents that match a filter, as a table of any length of which only the rows on screen
/// (and a margin) are ever fetched. The engine filters, sorts and cuts; the model shows what it
/// said last, changed in place: no resets, so that selection and scroll position stay.
/// Rows not fetched yet show a placeholder.
/// Thread safety: one thread, as every model.
class AgentTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns {
        checkColumn,
        idColumn,
        nameColumn,
        typeColumn,
        stateColumn,
        rateColumn,
        totalColumn,
        mailboxColumn,
        oldestColumn,
        p50Column,
        p99Column,
        memoryColumn,
        restartsColumn,
        actionColumn,
        columnsCount
    };
    enum Roles {
        RowRole = Qt::UserRole,  ///< const AgentRow*, or null while it is loading
        SortRole,                ///< the figure behind the text, where there is one
    };

    using Request = LatestRequest<AgentQuery, AgentPage>;

    explicit AgentTableModel(Request::Fetch fetch, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    /// Asks the engine; columns it cannot sort by are left alone.
    void sort(int column, Qt::SortOrder order) override;

    void setFilter(const QString& filter);
    [[nodiscard]] QString filter() const { return QString::fromStdString(m_query.filter); }
    /// The rows on screen: what refresh() fetches.
    void setWindow(int first, int count);
    /// Asks for the rows on screen again, unless an answer is still under way.
    void refresh();
    /// What was shown is no longer true (another run): empty, until the next answer.
    void clear();

    [[nodiscard]] quint64 total() const { return m_total; }
    [[nodiscard]] quint64 matching() const { return m_matching; }
    /// Null of a row that is still loading.
    [[nodiscard]] const AgentRow* agentAt(int row) const;
    /// -1 when the agent is not among the rows fetched.
    [[nodiscard]] int rowOf(AgentId agent) const;

    [[nodiscard]] QList<AgentId> checked() const;
    void clearChecked();

    /// Whether its messages, mail and memory are counted: not of an agent of a past moment.
    [[nodiscard]] static bool counted(const AgentRow& row)
    {
        return row.memory > 0 || row.rate.known();  // one that lives takes some
    }
    [[nodiscard]] static QString columnTitle(int column);
    [[nodiscard]] static QString columnHelp(int column);

    /// A margin of rows on either side of the screen, so that a slow scroll finds them there.
    static constexpr int kMargin = 50;
    static constexpr int kLongestTable = 50'000'000;  ///< rows a Qt view can hold

signals:
    /// An answer has been taken in; `error` is empty when it was a good one.
    void refreshed(const QString& error);
    void checkedChanged(int count);

private:
    void show(const AgentQuery& query, const Result<AgentPage>& page);
    void setMatching(quint64 matching);
    [[nodiscard]] QVariant text(const AgentRow& row, int column) const;

    Request m_request;
    AgentQuery m_query;
    quint64 m_total = 0;
    quint64 m_matching = 0;
    int m_rows = 0;   ///< what views were told
    int m_first = 0;  ///< row of m_fetched[0]
    std::vector<AgentRow> m_fetched;
    QSet<quint64> m_checked;
};

}  // namespace muster::ui

Q_DECLARE_METATYPE(const muster::AgentRow*)
