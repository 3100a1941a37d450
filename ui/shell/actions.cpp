// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/actions.h"

#include <QWidget>

namespace muster::ui {

Actions::Actions(QWidget* window) : QObject(window), m_window(window) {}

QAction* Actions::add(const QString& name, const QString& group, const QString& title,
                      const QList<QKeySequence>& keys, std::function<void()> run)
{
    auto* action = new QAction(title, this);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_window->addAction(action);
    m_entries.push_back({name, group, action});
    return action;
}

void Actions::describe(const QString& group, const QString& keys, const QString& title)
{
    m_described.push_back({group, keys, title});
}

QAction* Actions::find(const QString& name) const
{
    for (const auto& entry : m_entries) {
        if (entry.name == name) {
            return entry.action;
        }
    }
    return nullptr;
}

std::vector<Actions::Described> Actions::keys() const
{
    std::vector<Described> all;
    for (const auto& entry : m_entries) {
        if (!entry.action->shortcuts().isEmpty()) {
            all.push_back({entry.group,
                           entry.action->shortcuts().first().toString(QKeySequence::NativeText),
                           entry.action->text()});
        }
    }
    all.insert(all.end(), m_described.begin(), m_described.end());
    return all;
}

}  // namespace muster::ui
