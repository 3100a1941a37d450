// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/confirm_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kWidth = 440;

QLabel* line(const QString& text, FontRole role)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(fontFor(role));
    label->setWordWrap(true);
    return label;
}

}  // namespace

ConfirmDialog::ConfirmDialog(const QString& question, const QString& detail, const QString& exact,
                             QWidget* parent)
    : QDialog(parent), m_yes(new QPushButton(tr("Do it")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Muster"));
    setMinimumWidth(kWidth);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(2 * space::kGap, 2 * space::kGap, 2 * space::kGap, 2 * space::kGap);
    rows->setSpacing(space::kGap);
    rows->addWidget(line(question, FontRole::heading));
    if (!detail.isEmpty()) {
        rows->addWidget(line(detail, FontRole::body));
    }
    if (!exact.isEmpty()) {
        auto* command = line(exact.size() > 300 ? exact.left(300) + QStringLiteral("…") : exact,
                             FontRole::mono);
        command->setTextInteractionFlags(Qt::TextSelectableByMouse);
        rows->addWidget(command);
    }
    auto* buttons = new QHBoxLayout;
    auto* no = new QPushButton(tr("Cancel"));
    m_yes->setObjectName(QStringLiteral("confirm"));
    m_yes->setAutoDefault(false);
    buttons->addStretch();
    buttons->addWidget(no);
    buttons->addWidget(m_yes);
    rows->addLayout(buttons);
    no->setDefault(true);
    no->setFocus();
    connect(no, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_yes, &QPushButton::clicked, this, &QDialog::accept);
}

void ConfirmDialog::setActionText(const QString& text)
{
    m_yes->setText(text);
}

void ConfirmDialog::requireTyped(const QString& word)
{
    m_typed = new QLineEdit;
    m_typed->setPlaceholderText(tr("Type %1 to go on").arg(word));
    m_typed->setAccessibleName(m_typed->placeholderText());
    auto* rows = static_cast<QVBoxLayout*>(layout());
    rows->insertWidget(rows->count() - 1, m_typed);
    m_yes->setEnabled(false);
    m_typed->setFocus();
    connect(m_typed, &QLineEdit::textChanged, this,
            [this, word](const QString& text) { m_yes->setEnabled(text.trimmed() == word); });
}

}  // namespace muster::ui
