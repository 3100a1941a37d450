// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <vector>

#include "api/durable_queues.h"
#include "widgets/card.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace muster::ui {

class EngineBridge;
class FlatTable;
class LetterTableModel;

/// Dead letters: filtered, by cause, ticked; tried dry, retried at a rate or discarded, those
/// ticked or all that match.
/// Thread safety: the GUI thread's.
class LettersView : public QWidget {
    Q_OBJECT

public:
    explicit LettersView(EngineBridge* bridge, QWidget* parent = nullptr);

    /// Asks anew when other letters may wait than those shown.
    void show(const std::vector<QueueRow>& queues);
    /// What is shown belongs to another run, or to none.
    void reset();
    /// Asks for the letters that match.
    void ask();
    /// Something about a letter changes now that no count tells.
    void askAgainSoon();
    /// A retry needs more than to look at one: `live` allows dry runs.
    void setCanSteer(bool can, bool live, const QString& reason);
    void setUtc(bool utc);
    void focusFilter();
    [[nodiscard]] QString filter() const;
    void setFilter(const QString& text);
    [[nodiscard]] QString rate() const;
    void setRate(const QString& rate);
    [[nodiscard]] FlatTable* table() const { return m_table; }

    /// What the buttons act upon, as a command names it: "id:17,18" or the filter.
    [[nodiscard]] QString meant() const;
    /// The letter chosen; null: none is.
    [[nodiscard]] const LetterRow* chosen() const;
    /// What the last dry run found about a letter: empty strings: it passes; none: not tried.
    [[nodiscard]] std::optional<QString> finding(std::uint64_t id) const;

signals:
    void commandRequested(const QString& commandLine);
    void chosenChanged();
    void editRequested();
    /// How many letters wait that match.
    void counted(quint64 letters);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeTable();
    QWidget* makeTools();
    QWidget* makeActions();
    void makeMenu();
    void refreshed(const QString& error);
    void showCauses();
    void showMeant();
    void keepPlace(int first, int rows);
    void toggleTick();
    void dryRun();
    void showPreview(const std::vector<RetryPreview>& previews);
    void say(const QString& text);

    EngineBridge* m_bridge;
    LetterTableModel* m_model;
    QLineEdit* m_filter;
    QListWidget* m_causes;
    FlatTable* m_table;
    QLabel* m_note;
    QLabel* m_locked;
    QPushButton* m_dryRun;
    QPushButton* m_retry;
    QLineEdit* m_rate;
    QPushButton* m_stop;
    QLineEdit* m_reason;
    QPushButton* m_discard;
    QHash<quint64, QString> m_findings;  ///< of the last dry run
    std::uint64_t m_version = 0;         ///< of what was asked for: with another it asks anew
    std::uint64_t m_chosen = 0;
    bool m_going = false;  ///< rows change: what is chosen stays
    bool m_canSteer = false;
    bool m_live = false;
};

}  // namespace muster::ui
