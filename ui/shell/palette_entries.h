// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <vector>

#include "api/command.h"

namespace muster::ui {

class Actions;

/// One line of the palette.
struct PaletteEntry {
    QString title;         ///< "Set load rate"
    QString detail;        ///< help, or what is wrong with the line as typed
    QString keys;          ///< "Ctrl+1", or an example: "load.rate 500/s"
    QString action;        ///< the name of a window's action, or empty
    QString command;       ///< the command line to run, or to go on typing
    bool complete = true;  ///< false: its parameters are still to be typed
    bool enabled = true;
};

/// What the palette offers for the text typed: the window's actions and the engine's commands
/// whose words fit, best first; with a command's name typed, its parameters one by one.
/// Thread safety: the GUI thread's.
class PaletteEntries : public QAbstractListModel {
    Q_OBJECT

public:
    enum Roles { EntryRole = Qt::UserRole };

    PaletteEntries(const Actions& actions, QObject* parent = nullptr);

    void setText(const QString& text);
    void lock(const QString& reason) { m_lockReason = reason; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] const PaletteEntry* at(int row) const;

    /// How well `text` fits `title`: higher is better, 0 is not at all. Every word must begin a
    /// word of the title, or its letters must occur in order.
    [[nodiscard]] static int fit(const QString& title, const QString& text);

private:
    [[nodiscard]] std::vector<PaletteEntry> offers(const QString& text) const;
    [[nodiscard]] std::vector<PaletteEntry> parametersOf(const CommandInfo& info,
                                                         const QString& text) const;
    [[nodiscard]] PaletteEntry runEntry(const CommandInfo& info, const QString& text) const;
    [[nodiscard]] PaletteEntry entryOf(const CommandInfo& info) const;

    const Actions& m_actions;
    std::vector<PaletteEntry> m_entries;
    QString m_lockReason;
};

}  // namespace muster::ui

Q_DECLARE_METATYPE(const muster::ui::PaletteEntry*)
