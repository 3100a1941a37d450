// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/event_filter_bar.h"

#include <QButtonGroup>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kRestMs = 250;

QPushButton* choice(const QString& text, const QString& tip)
{
    auto* button = new QPushButton(text);
    button->setCheckable(true);
    button->setToolTip(tip);
    return button;
}

/// What is typed, its last word as the beginning of one until something ends it.
std::string wordsOf(const QString& typed)
{
    const bool goesOn = !typed.isEmpty() && typed.count(QLatin1Char('"')) % 2 == 0 &&
                        !typed.endsWith(QLatin1Char(' ')) && !typed.endsWith(QLatin1Char('"')) &&
                        !typed.endsWith(QLatin1Char('*'));
    return typed.trimmed().toStdString() + (goesOn ? "*" : "");
}

}  // namespace

EventFilterBar::EventFilterBar(QWidget* parent)
    : QWidget(parent),
      m_live(choice(tr("● Live"), tr("New events as they happen"))),
      m_recorded(choice(tr("Recorded"), tr("What was stored, in the window's time range"))),
      m_followed(new QPushButton),
      m_rest(new QTimer(this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kSmall);
    auto* which = new QButtonGroup(this);
    which->addButton(m_live);
    which->addButton(m_recorded);
    m_live->setChecked(true);
    row->addWidget(m_live);
    row->addWidget(m_recorded);
    m_type = addLine(tr("Type: action.*"), tr("A pattern: * is one segment, ** any number"), 2);
    m_source = addLine(tr("Source"), tr("Who published it, in full: digest-7"), 2);
    m_text =
        addLine(tr("Text in type, source or data"),
                tr("Words that all must occur, whole; the one being typed may go on until a space "
                   "follows. fail* begins a word, *fail* stands anywhere in one"),
                4);
    m_followed->hide();
    m_followed->setToolTip(tr("Follow no longer"));
    row->addWidget(m_followed);
    m_rest->setSingleShot(true);
    m_rest->setInterval(kRestMs);
    connect(m_rest, &QTimer::timeout, this, &EventFilterBar::changed);
    connect(which, &QButtonGroup::buttonClicked, this, &EventFilterBar::changed);
    connect(m_followed, &QPushButton::clicked, this, &EventFilterBar::clearFollowed);
}

QLineEdit* EventFilterBar::addLine(const QString& placeholder, const QString& help, int stretch)
{
    auto* line = new QLineEdit;
    line->setPlaceholderText(placeholder);
    line->setAccessibleName(placeholder);
    line->setToolTip(help);
    line->setClearButtonEnabled(true);
    line->setMinimumWidth(70);
    static_cast<QHBoxLayout*>(layout())->addWidget(line, stretch);
    connect(line, &QLineEdit::textChanged, m_rest, qOverload<>(&QTimer::start));
    connect(line, &QLineEdit::returnPressed, this, [this] {
        m_rest->stop();
        emit changed();
    });
    return line;
}

EventQuery EventFilterBar::query() const
{
    EventQuery query = m_follow;
    query.type = m_type->text().trimmed().toStdString();
    query.source = m_source->text().trimmed().toStdString();
    query.text = wordsOf(m_text->text());
    return query;
}

bool EventFilterBar::live() const
{
    return m_live->isChecked();
}

void EventFilterBar::setLive(bool on)
{
    (on ? m_live : m_recorded)->setChecked(true);
}

void EventFilterBar::setLivePossible(bool on)
{
    m_live->setEnabled(on);
    m_live->setToolTip(on ? tr("New events as they happen")
                          : tr("A recorded session stands still: nothing new happens in it"));
    if (!on) {
        setLive(false);
    }
}

void EventFilterBar::setTypes(const QStringList& types)
{
    auto* completer = new QCompleter(types, m_type);
    completer->setFilterMode(Qt::MatchContains);
    m_type->setCompleter(completer);
}

void EventFilterBar::follow(const EventQuery& what, const QString& title)
{
    m_follow = {};
    m_follow.trace = what.trace;
    m_follow.correlation = what.correlation;
    m_followed->setText(title + QStringLiteral("  ✕"));
    m_followed->show();
    setTexts({}, {}, {});
    m_rest->stop();
    setLive(false);
    emit changed();
}

void EventFilterBar::clearFollowed()
{
    m_follow = {};
    m_followed->hide();
    emit changed();
}

void EventFilterBar::setTexts(const QString& type, const QString& source, const QString& text)
{
    m_type->setText(type);
    m_source->setText(source);
    m_text->setText(text);
}

QStringList EventFilterBar::texts() const
{
    return {m_type->text(), m_source->text(), m_text->text()};
}

void EventFilterBar::focusText()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

}  // namespace muster::ui
