// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "style/palette.h"

class QVBoxLayout;

namespace muster::ui {

class RailButton;

/// The pages, in their groups, at the left of the window; each may carry a figure.
/// Thread safety: the GUI thread's.
class Rail : public QWidget {
    Q_OBJECT

public:
    explicit Rail(QWidget* parent = nullptr);

    /// A new group begins where `group` is another one; empty: without a heading.
    void addPage(const QString& name, const QString& title, const QString& group,
                 const QString& tip);
    void setCurrent(const QString& name);
    /// What stands at the right of a page's name: "100,240". Trouble stands out.
    void setBadge(const QString& name, const QString& text, Role colour = Role::dim);

    static constexpr int kWidth = 188;

signals:
    void chosen(const QString& name);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_rows;
    std::vector<RailButton*> m_buttons;
    QString m_group;
};

}  // namespace muster::ui
