// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace muster::ui {

class StageEditor;

/// Under the drawing: the chosen stage in figures, add and remove, apply and revert.
/// Thread safety: the GUI thread's.
class StageBar : public QWidget {
    Q_OBJECT

public:
    explicit StageBar(StageEditor& editor, QWidget* parent = nullptr);

    void setReadOnly(bool readOnly);
    void setUnit(const QString& unit);  ///< " /s" or " users"

signals:
    void applyRequested();

private:
    void refresh();
    void connectParts();

    StageEditor& m_editor;
    QLabel* m_which;
    QSpinBox* m_length;
    QDoubleSpinBox* m_target;
    QPushButton* m_add;
    QPushButton* m_remove;
    QCheckBox* m_follow;
    QPushButton* m_revert;
    QPushButton* m_apply;
    bool m_readOnly = false;
};

}  // namespace muster::ui
