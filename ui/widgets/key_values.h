// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "style/palette.h"

namespace muster::ui {

/// Names at the left, values at the right, a hairline between rows. The rows are fixed; their
/// values change without moving anything.
/// Thread safety: the GUI thread's.
class KeyValues : public QWidget {
    Q_OBJECT

public:
    explicit KeyValues(const QStringList& keys, QWidget* parent = nullptr);

    void setValue(int row, const QString& value, Role colour = Role::text);
    void setTip(int row, const QString& tip);
    [[nodiscard]] QString value(int row) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Row {
        QString key;
        QString value;
        QString tip;
        Role colour = Role::text;
    };

    std::vector<Row> m_rows;
};

}  // namespace muster::ui
