// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "api/snapshot.h"

class QScrollArea;

namespace muster::ui {

class AttentionRow;

/// What needs someone: each with its next action as a button. Says so when nothing does.
/// Rows change in place, so that a button under the pointer stays there.
/// Thread safety: the GUI thread's.
class AttentionList : public QWidget {
    Q_OBJECT

public:
    explicit AttentionList(QWidget* parent = nullptr);

    void setItems(const std::vector<AttentionItem>& items);
    /// Puts it into an area of its own that scrolls, so that every item is within reach; without
    /// one it shows as many as there is room for, and counts the rest.
    [[nodiscard]] QScrollArea* makeScrolled(QWidget* parent);
    /// What it says while there is nothing.
    void setEmptyText(const QString& text);
    /// Actions that change the run are disabled; those that lead to a page are not.
    void setReadOnly(bool readOnly);
    [[nodiscard]] QStringList texts() const;

    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 2 * kRow}; }

    static constexpr int kRow = 30;  ///< how high one item is

signals:
    /// A command line, or "page:<name>".
    void activated(const QString& command);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void layoutRows();

    QString m_emptyText;
    std::vector<AttentionItem> m_items;
    std::vector<AttentionRow*> m_rows;
    std::size_t m_hidden = 0;  ///< items there is no room for
    bool m_readOnly = false;
    bool m_scrolled = false;
};

}  // namespace muster::ui
