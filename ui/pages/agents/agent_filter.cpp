// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/agents/agent_filter.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QStringListModel>
#include <QStyle>
#include <QTimer>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kRestMs = 200;

const char* const kTerms[] = {
    "type:",  "state:",  "name:",      "id:",   "capability:", "mailbox:>",
    "rate:>", "total:>", "restarts:>", "p99:>", "memory:>",    "attr."};
const char* const kStates[] = {"ready", "busy", "suspended", "initializing", "terminating"};

}  // namespace

AgentFilter::AgentFilter(QWidget* parent)
    : QLineEdit(parent),
      m_completer(new QCompleter(this)),
      m_offers(new QStringListModel(this)),
      m_rest(new QTimer(this))
{
    setPlaceholderText(tr("Filter: type:task state:busy mailbox:>0, or a name"));
    setClearButtonEnabled(true);
    setAccessibleName(tr("Filter agents"));
    setToolTip(helpText());
    setFont(fontFor(FontRole::mono));
    m_completer->setModel(m_offers);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_rest->setSingleShot(true);
    m_rest->setInterval(kRestMs);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this,
            &AgentFilter::insertCompletion);
    connect(this, &QLineEdit::textEdited, this, &AgentFilter::complete);
    connect(this, &QLineEdit::textChanged, m_rest, qOverload<>(&QTimer::start));
    connect(m_rest, &QTimer::timeout, this, [this] { emit filterChanged(text().trimmed()); });
    connect(this, &QLineEdit::returnPressed, this, [this] {
        m_rest->stop();
        emit filterChanged(text().trimmed());
    });
}

void AgentFilter::setTypes(const QStringList& types)
{
    m_types = types;
}

void AgentFilter::setError(const QString& error)
{
    const bool wrong = !error.isEmpty();
    if (property("wrong").toBool() != wrong) {
        setProperty("wrong", wrong);
        setStyleSheet(wrong ? QStringLiteral("QLineEdit { border: 1px solid %1; }")
                                  .arg(currentPalette()[Role::bad].name())
                            : QString());
    }
    setAccessibleDescription(error);
}

QString AgentFilter::helpText()
{
    return tr(
        "<p>Terms with spaces between; all must hold.</p><table>"
        "<tr><td><code>type:task</code>&nbsp;</td><td>made as a task</td></tr>"
        "<tr><td><code>state:busy,ready</code>&nbsp;</td><td>one of these states</td></tr>"
        "<tr><td><code>name:index*</code>&nbsp;</td><td>a name with a pattern</td></tr>"
        "<tr><td><code>mailbox:&gt;0</code>&nbsp;</td><td>mail waits</td></tr>"
        "<tr><td><code>capability:text</code>&nbsp;</td><td>it can do this</td></tr>"
        "<tr><td><code>attr.zone:=eu</code>&nbsp;</td><td>an attribute's value</td></tr>"
        "<tr><td><code>walker</code>&nbsp;</td><td>a part of the name</td></tr></table>");
}

QStringList AgentFilter::completions(const QString& word, const QStringList& types)
{
    QStringList all;
    if (word.startsWith(QLatin1String("state:"))) {
        for (const char* state : kStates) {
            all.push_back(QStringLiteral("state:") + QLatin1String(state));
        }
    } else if (word.startsWith(QLatin1String("type:"))) {
        for (const auto& type : types) {
            all.push_back(QStringLiteral("type:") + type);
        }
    } else {
        for (const char* term : kTerms) {
            all.push_back(QLatin1String(term));
        }
    }
    QStringList fitting;
    for (const auto& each : all) {
        if (each.startsWith(word) && each != word) {
            fitting.push_back(each);
        }
    }
    return fitting;
}

QString AgentFilter::wordAtCursor() const
{
    const auto before = text().left(cursorPosition());
    return before.mid(before.lastIndexOf(QLatin1Char(' ')) + 1);
}

void AgentFilter::complete()
{
    const auto word = wordAtCursor();
    const auto offers = word.isEmpty() ? QStringList() : completions(word, m_types);
    if (offers.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    m_offers->setStringList(offers);
    m_completer->complete();
}

void AgentFilter::insertCompletion(const QString& completion)
{
    const int end = cursorPosition();
    const int start = end - static_cast<int>(wordAtCursor().size());
    setText(text().left(start) + completion + text().mid(end));
    setCursorPosition(start + static_cast<int>(completion.size()));
}

void AgentFilter::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        return;
    }
    if (event->key() == Qt::Key_Slash && text().isEmpty()) {
        return;  // the key that leads here, pressed once more: no filter begins with it
    }
    QLineEdit::keyPressEvent(event);
}

}  // namespace muster::ui
