// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QSet>
#include <QVector>
#include <vector>

#include "api/snapshot.h"
#include "models/tick_counter.h"

namespace muster::ui {

/// The services of a workload, filtered and in an order that stays put: figures change in place,
/// a service moves only when its trouble is another one.
/// Thread safety: the GUI thread's.
class ServiceListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum class Order { trouble, name, rate };
    /// How much of an operator's eye a service wants, the most first.
    enum class Trouble { open, forcedOpen, halfOpen, failing, rejecting, bypassed, none };

    struct Row {
        ServiceStatus status;
        Trouble trouble = Trouble::none;
        bool pinned = false;
        QVector<double> rates;  ///< calls per second, one a tick, the last minute
    };

    explicit ServiceListModel(QObject* parent = nullptr);

    void setServices(const std::vector<ServiceStatus>& services, WallTime at);
    /// Words that the name holds, and `state:open,half_open`, `trouble:yes`; all must hold.
    void setFilter(const QString& filter);
    void setOrder(Order order);
    void setPinned(const QStringList& names);
    [[nodiscard]] QStringList pinned() const;
    void togglePin(const QString& name);

    [[nodiscard]] const Row* rowAt(int row) const;
    [[nodiscard]] int rowOf(const QString& name) const;
    /// Whether there is such a service, filtered out or not.
    [[nodiscard]] bool contains(const QString& name) const;
    [[nodiscard]] int total() const { return static_cast<int>(m_rows.size()); }
    /// How many breakers are in this state, whatever the filter.
    [[nodiscard]] int inState(const std::string& state) const;
    /// The highest rate of them all: what circles are drawn in proportion to.
    [[nodiscard]] double highestRate() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    /// In words, for those who listen: "shop, open, 0 calls a second".
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    [[nodiscard]] static Trouble troubleOf(const ServiceStatus& status);
    /// "retry in 1.4 s · opened 3 times", "2 of 10 probes answered".
    [[nodiscard]] static QString breakerText(const ServiceStatus& status);

    static constexpr int kHistory = 60;

private:
    void take(const std::vector<ServiceStatus>& services, int ticks);
    void arrange();
    [[nodiscard]] bool before(const Row& one, const Row& other) const;
    [[nodiscard]] bool passes(const Row& row) const;

    std::vector<Row> m_rows;        // as the snapshot has them
    std::vector<std::size_t> m_at;  // shown: places in m_rows
    QString m_filter;
    Order m_order = Order::trouble;
    QSet<QString> m_pinned;
    TickCounter m_ticks{std::chrono::seconds(1), kHistory};
};

}  // namespace muster::ui
