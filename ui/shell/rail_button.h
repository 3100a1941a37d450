// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include "style/palette.h"

namespace muster::ui {

/// One page in the rail: painted, checkable, by keyboard too. Thread safety: the GUI thread's.
class RailButton : public QAbstractButton {
    Q_OBJECT

public:
    RailButton(const QString& name, const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& name() const { return m_name; }
    void setBadge(const QString& text, Role colour);
    [[nodiscard]] const QString& badge() const { return m_badge; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_name;
    QString m_badge;
    Role m_colour = Role::dim;
};

}  // namespace muster::ui
