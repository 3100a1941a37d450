// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "api/compare.h"
#include "bridge/history_reader.h"

class QLabel;
class QLineEdit;

namespace muster::ui {

/// One of the two stretches of time that are compared: which run it is of, and from when to when.
/// Thread safety: the GUI thread's.
class SideEditor : public QWidget {
    Q_OBJECT

public:
    /// `letter`: "A" or "B".
    explicit SideEditor(const QString& letter, QWidget* parent = nullptr);

    /// Null: none is chosen. Another run is taken whole.
    void setRun(const RecordedRun* run);
    [[nodiscard]] bool hasRun() const { return m_run.has_value(); }
    /// Errors: invalidArgument for what is no time, or a range that ends before it begins.
    [[nodiscard]] Result<CompareSide> side() const;
    /// "flaky-1.db run 1, 0:10 to 0:20".
    [[nodiscard]] QString text() const;

signals:
    /// Return was pressed.
    void committed();

private:
    [[nodiscard]] Result<std::optional<Duration>> offsetIn(const QLineEdit* edit) const;

    QString m_letter;
    std::optional<RecordedRun> m_run;
    QLabel* m_name;
    QLineEdit* m_from;
    QLineEdit* m_to;
};

}  // namespace muster::ui
