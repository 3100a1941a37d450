// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "style/palette.h"

namespace muster::ui {

/// Names at the left, values at the right, a hairline between rows. Values change without moving
/// anything; other rows come only with another subject.
/// Thread safety: the GUI thread's.
class KeyValues : public QWidget {
    Q_OBJECT

public:
    explicit KeyValues(const QStringList& keys, QWidget* parent = nullptr);

    /// Other rows: the values are empty until they are set. The same keys change nothing.
    void setKeys(const QStringList& keys);
    void setValue(int row, const QString& value, Role colour = Role::text);
    void setTip(int row, const QString& tip);
    [[nodiscard]] QString value(int row) const;
    /// "Limit: 2 cores", a row each.
    [[nodiscard]] QStringList texts() const;

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
