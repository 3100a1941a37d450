// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace muster::ui {

class StatusPill;

/// The strip above the load page: what kind of load it is and what it does now, and the
/// commands that push it.
/// Thread safety: the GUI thread's.
class LoadControls : public QWidget {
    Q_OBJECT

public:
    explicit LoadControls(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    void setReadOnly(bool readOnly, const QString& reason = {});
    /// Whether what arrives is kept, to be saved as a load.
    void setRecorded(bool recorded);

signals:
    void saveRequested();
    void commandRequested(const QString& commandLine);

private:
    QPushButton* add(const QString& name, const QString& text, const QString& tip);
    QLineEdit* addField(const QString& name, const QString& accessible, int width);
    void connectParts();
    void refresh();
    void sendRate();
    void sendBurst();
    void showModel();

    LoadStatus m_load;
    bool m_over = false;
    bool m_readOnly = false;
    StatusPill* m_model;
    StatusPill* m_state;
    QPushButton* m_pause;
    QPushButton* m_less;
    QPushButton* m_more;
    QLineEdit* m_rate;
    QPushButton* m_hold;
    QPushButton* m_auto;
    QLineEdit* m_count;
    QPushButton* m_burst;
    QPushButton* m_save;
};

}  // namespace muster::ui
