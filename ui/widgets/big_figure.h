// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "models/format.h"

namespace muster::ui {

/// A number in large type, its unit, and a remark: "829 MiB · 81 % of limit".
/// Thread safety: the GUI thread's.
class BigFigure : public QWidget {
    Q_OBJECT

public:
    explicit BigFigure(QWidget* parent = nullptr);

    void setFigure(const Figure& figure, const QString& remark);
    [[nodiscard]] QString text() const { return m_figure.text(); }

    [[nodiscard]] QSize sizeHint() const override { return {160, 26}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Figure m_figure;
    QString m_remark;
};

}  // namespace muster::ui
