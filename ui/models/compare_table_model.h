// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "api/compare.h"

namespace muster::ui {

/// How two runs compare, figure by figure: what is worse first, then better, changed, what cannot
/// be compared, and last what shows no difference. Thread safety: the GUI thread's.
class CompareTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { VerdictColumn, Figure, A, B, Effect, Interval, ColumnCount };

    explicit CompareTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setAnswer(std::optional<CompareAnswer> answer);
    [[nodiscard]] const std::optional<CompareAnswer>& answer() const { return m_answer; }
    [[nodiscard]] const CompareRow* rowAt(int row) const;
    /// Whether what shows no difference or cannot be compared is shown too.
    void setAll(bool all);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    /// In a unit of a comparison: also "766 ms/s", of time that is spent in a second.
    [[nodiscard]] static QString figureIn(double value, std::string_view unit);
    /// What stands in a column for a row.
    [[nodiscard]] static QString text(const CompareRow& row, int column);
    /// "✕ worse".
    [[nodiscard]] static QString verdictText(CompareVerdict verdict);

private:
    void arrange();
    std::optional<CompareAnswer> m_answer;
    std::vector<std::size_t> m_order;
    bool m_all = false;
};

}  // namespace muster::ui
