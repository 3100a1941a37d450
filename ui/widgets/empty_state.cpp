// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/empty_state.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "style/palette.h"

namespace muster::ui {

namespace {

/// One width for every text: what wraps has its height by it, also when the text is another.
constexpr int kTextWidth = 460;

}  // namespace

EmptyState::EmptyState(const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_action(new QPushButton(this))
{
    m_title->setFont(fontFor(FontRole::heading));
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setMaximumWidth(kTextWidth);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_action->hide();
    auto* layout = new QVBoxLayout(this);
    layout->addStretch();
    layout->addWidget(m_title, 0, Qt::AlignHCenter);
    layout->addWidget(m_text, 0, Qt::AlignHCenter);
    m_text->setMinimumWidth(kTextWidth);
    layout->addSpacing(space::kSmall);
    layout->addWidget(m_action, 0, Qt::AlignHCenter);
    layout->addStretch();
    connect(m_action, &QPushButton::clicked, this, &EmptyState::pressed);
    setText(title, text);
}

void EmptyState::setText(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_text->setText(text);
    // A layout that centres it does not ask for the height it wraps to.
    m_text->setMinimumHeight(m_text->heightForWidth(kTextWidth));
    setAccessibleName(title);
    setAccessibleDescription(text);
}

void EmptyState::setAction(const QString& action)
{
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
}

}  // namespace muster::ui
