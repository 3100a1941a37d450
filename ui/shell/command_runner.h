// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <vector>

#include "api/command.h"

class QWidget;

namespace muster::ui {

class EngineBridge;

/// Carries out the operator's commands, wherever they come from: reads the line, asks first as
/// much as the command's reach calls for, submits it, tells the outcome, and keeps the way back.
/// Thread safety: the GUI thread's.
class CommandRunner : public QObject {
    Q_OBJECT

public:
    CommandRunner(EngineBridge* bridge, QWidget* window);

    /// `load.rate 500/s`; or `page:<name>`, which only shows a page.
    void run(const QString& line);
    void run(const Command& command);
    /// Takes the last change back that can be taken back.
    void undo();
    [[nodiscard]] bool canUndo() const { return !m_undo.empty(); }

    /// Agents beyond this many are "many": even a harmless command asks first.
    static constexpr std::uint64_t kManyAgents = 1'000;

signals:
    void succeeded(const QString& summary, bool undoable);
    void failed(const QString& error);
    void pageRequested(const QString& page);
    void sessionRequested(const QString& file);

private:
    void askThenSubmit(const Command& command, const CommandInfo& info);
    void askAboutLetters(const Command& command, const CommandInfo& info);
    void askAboutAgents(const Command& command, const CommandInfo& info);
    void confirm(const Command& command, const QString& question, const QString& detail,
                 std::uint64_t typed);
    void submit(const Command& command);

    EngineBridge* m_bridge;
    QWidget* m_window;
    std::vector<Command> m_undo;  ///< newest last, bounded

    static constexpr std::size_t kUndoKept = 50;
};

}  // namespace muster::ui
