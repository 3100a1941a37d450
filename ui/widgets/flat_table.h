// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace muster::ui {

/// A table as the console draws them: rows with a hairline below, no grid, one row selected at
/// a time, a fixed row height so that any length costs the same, and a place for a sentence
/// where rows would be.
/// Thread safety: the GUI thread's.
class FlatTable : public QTableView {
    Q_OBJECT

public:
    explicit FlatTable(QWidget* parent = nullptr);

    /// Shown in the middle while there are no rows: why, and what to do.
    void setEmptyText(const QString& text);
    [[nodiscard]] const QString& emptyText() const { return m_emptyText; }

    /// The rows on screen: first and how many.
    [[nodiscard]] std::pair<int, int> visibleRows() const;
    /// Selects a row without scrolling to it; -1 selects none.
    void setCurrentRowInPlace(int row);

    static constexpr int kRowHeight = 27;

signals:
    /// The rows on screen are others: by scrolling, resizing or growing.
    void windowChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QString m_emptyText;
};

/// The ground of a cell in such a table: selected or not, and the hairline below the row.
void paintRow(QPainter* painter, const QStyleOptionViewItem& option);
/// A box to tick in the middle of a cell.
void paintTick(QPainter* painter, const QRect& cell, bool on);

}  // namespace muster::ui
