// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/command_runner.h"

#include <QWidget>

#include "bridge/engine_bridge.h"
#include "models/format.h"
#include "widgets/confirm_dialog.h"

namespace muster::ui {

namespace {

QString fromText(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

const CommandParameter* filterOf(const CommandInfo& info)
{
    for (const auto& parameter : info.parameters) {
        if (parameter.kind == ParameterKind::filter) {
            return &parameter;
        }
    }
    return nullptr;
}

}  // namespace

CommandRunner::CommandRunner(EngineBridge* bridge, QWidget* window)
    : QObject(window), m_bridge(bridge), m_window(window)
{
}

void CommandRunner::run(const QString& line)
{
    if (line.startsWith(QLatin1String("page:"))) {
        emit pageRequested(line.mid(5));
        return;
    }
    if (line.startsWith(QLatin1String("session:"))) {
        emit sessionRequested(line.mid(8));
        return;
    }
    const auto command = parseCommand(line.toStdString());
    if (!command.ok()) {
        emit failed(QString::fromStdString(command.error().text()));
        return;
    }
    run(command.value());
}

void CommandRunner::run(const Command& command)
{
    const auto* info = findCommand(command.name);
    if (info != nullptr && info->changes && !m_bridge->lockReason().isEmpty()) {
        submit(command);  // refused there, with what to do
    } else if (info != nullptr) {
        askThenSubmit(command, *info);
    } else {
        submit(command);
    }
}

void CommandRunner::askThenSubmit(const Command& command, const CommandInfo& info)
{
    if (info.name == "dead.retry" || info.name == "dead.discard") {
        askAboutLetters(command, info);
    } else if (info.confirmation == Confirmation::always) {
        confirm(command, tr("%1?").arg(fromText(info.title)), fromText(info.help), 0);
    } else if (info.changes && filterOf(info) != nullptr) {
        askAboutAgents(command, info);
    } else {
        submit(command);
    }
}

void CommandRunner::askAboutAgents(const Command& command, const CommandInfo& info)
{
    AgentQuery query;
    if (const auto given = command.arguments.find(filterOf(info)->name);
        given != command.arguments.end()) {
        query.filter = given->second;
    }
    query.limit = 1;
    m_bridge->agents(query, this, [this, command, &info](const Result<AgentPage>& page) {
        // A filter that is wrong is told by the command itself.
        const auto count = page.ok() ? page->matching : 0;
        const bool asks =
            info.confirmation == Confirmation::whenMany ? count > 1 : count > kManyAgents;
        if (!asks) {
            submit(command);
            return;
        }
        const bool all = count == page->total;
        confirm(command,
                all ? tr("%1: all %2?").arg(fromText(info.title), exactText(count))
                    : tr("%1: %2 of %3?")
                          .arg(fromText(info.title), exactText(count), exactText(page->total)),
                fromText(info.help), count > kManyAgents ? count : 0);
    });
}

void CommandRunner::askAboutLetters(const Command& command, const CommandInfo& info)
{
    const auto given = command.arguments.find("letters");
    auto query = parseLetterQuery(given != command.arguments.end() ? given->second : "*");
    if (!query.ok()) {
        submit(command);  // refused there, with what was expected
        return;
    }
    query->limit = 0;
    m_bridge->letters(query.value(), this, [this, command, &info](const Result<LetterList>& list) {
        const std::uint64_t count = list.ok() ? list->total : 0;
        const bool discards = info.confirmation == Confirmation::always;
        if (count == 0 || (count == 1 && !discards)) {
            submit(command);
            return;
        }
        confirm(command, tr("%1: %2?").arg(fromText(info.title), exactText(count)),
                fromText(info.help), discards && count > 1 ? count : 0);
    });
}

void CommandRunner::confirm(const Command& command, const QString& question, const QString& detail,
                            std::uint64_t typed)
{
    auto* dialog =
        new ConfirmDialog(question, detail, QString::fromStdString(command.text()), m_window);
    if (typed > 0) {
        dialog->requireTyped(QString::number(typed));
    }
    connect(dialog, &QDialog::accepted, this, [this, command] { submit(command); });
    dialog->open();
}

void CommandRunner::submit(const Command& command)
{
    m_bridge->submit(command, this, [this](const Result<CommandOutcome>& outcome) {
        if (!outcome.ok()) {
            emit failed(QString::fromStdString(outcome.error().text()));
            return;
        }
        if (outcome->undo) {
            m_undo.push_back(*outcome->undo);
            if (m_undo.size() > kUndoKept) {
                m_undo.erase(m_undo.begin());
            }
        }
        emit succeeded(QString::fromStdString(outcome->summary), outcome->undo.has_value());
    });
}

void CommandRunner::undo()
{
    if (m_undo.empty()) {
        emit failed(tr("There is nothing to undo"));
        return;
    }
    const auto back = m_undo.back();
    m_undo.pop_back();
    m_bridge->submit(back, this, [this](const Result<CommandOutcome>& outcome) {
        if (outcome.ok()) {
            emit succeeded(tr("Undone: %1").arg(QString::fromStdString(outcome->summary)), false);
        } else {
            emit failed(QString::fromStdString(outcome.error().text()));
        }
    });
}

}  // namespace muster::ui
