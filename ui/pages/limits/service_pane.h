// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;
class QTableWidgetItem;

namespace muster::ui {

class Card;
class KeyValues;
class MarkList;
class StatusPill;

/// One service to hold in the hand: its settings, each changed in place, at once or on trial, how
/// full its limits are, its breaker moved by hand, and what was changed lately.
/// Thread safety: the GUI thread's.
class ServicePane : public QWidget {
    Q_OBJECT

public:
    explicit ServicePane(QWidget* parent = nullptr);

    /// Null: none is selected.
    void show(const ServiceStatus* service, const std::vector<Mark>& marks);
    void setCanSteer(bool on, const QString& reason);
    void setUtc(bool utc);

signals:
    void commandRequested(const QString& commandLine);

private:
    void makeButtons();
    void makeApply();
    void showSettings(const ServiceStatus& service);
    void showDetails(const ServiceStatus& service);
    void showMarks(const std::vector<Mark>& marks);
    void updateButtons();
    void edited(const QTableWidgetItem* item);

    Card* m_card;
    StatusPill* m_state;
    QLabel* m_note;
    QTableWidget* m_settings;
    QWidget* m_apply;
    QComboBox* m_how;
    KeyValues* m_details;
    QWidget* m_buttons;
    std::vector<std::pair<QPushButton*, std::string>> m_moves;  // and the state each leads to
    QPushButton* m_reset;
    MarkList* m_marks;
    QString m_name;
    std::string m_breaker;  // its state; empty: the service has none
    ServiceSettingsShown m_shown;
    std::uint64_t m_lastMark = 0;
    bool m_filling = false;
    bool m_canSteer = false;
    QString m_reason;
};

}  // namespace muster::ui
