// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/page.h"

namespace muster::ui {

Page::Page(const QString& name, const QString& title, const QString& question, QWidget* parent)
    : QWidget(parent), m_name(name), m_title(title), m_question(question)
{
    setObjectName(QStringLiteral("page.") + name);
    setAccessibleName(title);
    setAccessibleDescription(question);
}

void Page::lock(const QString& reason)
{
    m_lockReason = reason;
    setReadOnly(!reason.isEmpty());
}

QString Page::lockText() const
{
    return m_lockReason.isEmpty() ? tr("The console is locked read-only") : m_lockReason;
}

}  // namespace muster::ui
