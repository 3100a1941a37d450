// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "pages/page.h"

class QLabel;
class QVBoxLayout;

namespace muster::ui {

class Card;
class OfferRow;
struct SessionOffer;
struct WorkloadOffer;

/// What the Start page looks for, and where.
struct StartPlaces {
    std::filesystem::path examples;
    std::filesystem::path sessions;
    QStringList recent;  ///< workloads and sessions opened before, newest first
};

/// Where to begin: an example that runs at one click, what was open before, a session that was
/// not closed, or any file. Thread safety: the GUI thread's.
class StartPage : public Page {
    Q_OBJECT

public:
    StartPage(const PageContext& context, StartPlaces places, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr&) override {}
    void setRecent(const QStringList& files);
    /// Reads the folders again.
    void refresh();

signals:
    /// A workload or a session to open; empty: the reader chooses the file.
    void openRequested(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeHints();
    [[nodiscard]] static QString hintsText();
    void showExamples(const std::vector<WorkloadOffer>& offers);
    void showSessions(const std::vector<SessionOffer>& offers);
    OfferRow* addRow(Card* card, const QString& title, const QString& line, const QString& action,
                     const QString& file);
    static void clear(Card* card);

    Library* m_library;
    StartPlaces m_places;
    Card* m_unclosed;
    Card* m_examples;
    Card* m_recent;
    Card* m_sessions;
    QLabel* m_hints = nullptr;
};

}  // namespace muster::ui
