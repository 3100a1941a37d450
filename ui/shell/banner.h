// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "base/error.h"

class QLabel;
class QPushButton;

namespace muster::ui {

/// What stands in the way, over the page: what was wrong, where, what to do. It stays until it
/// is put away or the trouble is over, and the console goes on below it.
/// Thread safety: the GUI thread's.
class Banner : public QWidget {
    Q_OBJECT

public:
    explicit Banner(QWidget* parent = nullptr);

    /// `topic` names the trouble, so that its end takes away only its own banner.
    void show(const QString& topic, const Error& error);
    void clear(const QString& topic);
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_text;
    QString m_topic;
};

}  // namespace muster::ui
