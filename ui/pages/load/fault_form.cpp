// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/fault_form.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "api/command.h"
#include "pages/load/fault_kinds.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

const QString kError = QStringLiteral("error");

const std::vector<FaultKind>& kinds()
{
    static const std::vector<FaultKind> kKinds = faultKinds();
    return kKinds;
}

const FaultKind& chosen(const QComboBox& box)
{
    return kinds()[static_cast<std::size_t>(box.currentData().toInt())];
}

QComboBox* makeBox(const QString& name, const QString& accessible, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(QStringLiteral("fault.") + name);
    box->setAccessibleName(accessible);
    return box;
}

}  // namespace

FaultForm::FaultForm(QWidget* parent)
    : Card(tr("Break something on purpose"), parent),
      m_kind(makeBox(QStringLiteral("kind"), tr("What goes wrong"), this)),
      m_action(makeBox(QStringLiteral("action"), tr("The action that suffers it"), this)),
      m_class(makeBox(QStringLiteral("class"), tr("The error's class"), this)),
      m_value(makeLine(QStringLiteral("value"), tr("How much"))),
      m_share(makeLine(QStringLiteral("share"), tr("Share that is hit"))),
      m_length(makeLine(QStringLiteral("for"), tr("How long"))),
      m_inject(new QPushButton(tr("Inject…"), this)),
      m_help(new QLabel(this))
{
    m_inject->setObjectName(QStringLiteral("fault.inject"));
    m_share->setText(QStringLiteral("100%"));
    m_length->setText(QStringLiteral("10s"));
    m_length->setToolTip(tr("It ends by itself after so long: 10s, 500ms, 2min"));
    m_class->addItems(errorClasses());
    m_help->setFont(fontFor(FontRole::small));
    m_help->setForegroundRole(QPalette::PlaceholderText);
    m_help->setTextFormat(Qt::PlainText);
    fillKinds();
    body()->setSpacing(space::kTight);
    body()->addWidget(makeFields());
    body()->addWidget(m_help);
    body()->addStretch(1);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &FaultForm::showKind);
    connect(m_action, &QComboBox::currentIndexChanged, this, &FaultForm::refresh);
    for (QLineEdit* line : {m_value, m_share, m_length}) {
        connect(line, &QLineEdit::textChanged, this, &FaultForm::refresh);
        connect(line, &QLineEdit::returnPressed, this, &FaultForm::send);
    }
    connect(m_inject, &QPushButton::clicked, this, &FaultForm::send);
    showKind();
}

QLineEdit* FaultForm::makeLine(const QString& name, const QString& accessible)
{
    auto* line = new QLineEdit(this);
    line->setObjectName(QStringLiteral("fault.") + name);
    line->setAccessibleName(accessible);
    return line;
}

void FaultForm::fillKinds()
{
    bool ofAction = true;
    for (std::size_t i = 0; i < kinds().size(); ++i) {
        if (ofAction && !kinds()[i].ofAction) {
            m_kind->insertSeparator(m_kind->count());
        }
        ofAction = kinds()[i].ofAction;
        m_kind->addItem(kinds()[i].title, static_cast<int>(i));
    }
}

FaultForm::Field FaultForm::addField(QHBoxLayout* row, const QString& label, QWidget* editor,
                                     int width)
{
    Field field{new QWidget(this), new QLabel(label, this)};
    field.label->setFont(fontFor(FontRole::small));
    field.label->setForegroundRole(QPalette::PlaceholderText);
    field.label->setBuddy(editor);
    editor->setFixedWidth(width);
    auto* column = new QVBoxLayout(field.whole);
    column->setContentsMargins({});
    column->setSpacing(2);
    column->addWidget(field.label);
    column->addWidget(editor);
    row->addWidget(field.whole);
    return field;
}

QWidget* FaultForm::makeFields()
{
    auto* fields = new QWidget(this);
    auto* row = new QHBoxLayout(fields);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    addField(row, tr("What"), m_kind, 142);
    m_actionField = addField(row, tr("Action"), m_action, 118);
    m_valueField = addField(row, {}, m_value, 118);
    m_classField = addField(row, tr("Class"), m_class, 118);
    m_shareField = addField(row, tr("Share"), m_share, 62);
    m_lengthField = addField(row, tr("For"), m_length, 70);
    row->addStretch(1);
    row->addWidget(m_inject, 0, Qt::AlignBottom);
    return fields;
}

void FaultForm::showKind()
{
    const FaultKind& kind = chosen(*m_kind);
    const bool classes = kind.name == kError;
    m_actionField.whole->setVisible(kind.ofAction);
    m_classField.whole->setVisible(classes);
    m_valueField.whole->setVisible(!classes && !kind.value.isEmpty());
    m_valueField.label->setText(kind.value);
    m_value->setText(kind.preset);
    m_value->setPlaceholderText(kind.example);
    m_shareField.whole->setVisible(kind.share);
    m_lengthField.whole->setVisible(kind.lasts);
    // Of an action it may go on until it is ended; what hits the engine has its bound.
    m_length->setPlaceholderText(kind.ofAction ? tr("till ended") : QStringLiteral("10s"));
    refresh();
}

void FaultForm::setSnapshot(const Snapshot& snapshot)
{
    m_over = snapshot.state == RunState::finished || snapshot.state == RunState::failed ||
             snapshot.state == RunState::draining;
    QStringList names;
    for (const ActionRow& row : snapshot.actionRows) {
        names << QString::fromStdString(row.name);
    }
    QStringList shown;
    for (int i = 0; i < m_action->count(); ++i) {
        shown << m_action->itemText(i);
    }
    if (names != shown) {
        const QString before = m_action->currentText();
        m_action->clear();
        m_action->addItems(names);
        m_action->setCurrentIndex(std::max(0, m_action->findText(before)));
    }
    refresh();
}

void FaultForm::setReadOnly(bool readOnly, const QString& reason)
{
    m_readOnly = readOnly;
    m_lockReason = reason;
    refresh();
}

QString FaultForm::problem() const
{
    const FaultKind& kind = chosen(*m_kind);
    if (m_readOnly) {
        return m_lockReason;
    }
    if (m_over) {
        return tr("Nothing runs");
    }
    if (kind.ofAction && m_action->currentText().isEmpty()) {
        return tr("The workload has no action");
    }
    const bool hasValue = kind.name != kError && !kind.value.isEmpty();
    if (hasValue && kind.needsValue && m_value->text().trimmed().isEmpty()) {
        return tr("%1: say how much, such as %2").arg(kind.title, kind.preset);
    }
    return {};
}

void FaultForm::refresh()
{
    const QString why = problem();
    m_inject->setEnabled(why.isEmpty());
    m_inject->setToolTip(why.isEmpty() ? command() : why);
    const bool open = !m_readOnly && !m_over;
    for (QWidget* part : {static_cast<QWidget*>(m_kind), static_cast<QWidget*>(m_action),
                          static_cast<QWidget*>(m_class), static_cast<QWidget*>(m_value),
                          static_cast<QWidget*>(m_share), static_cast<QWidget*>(m_length)}) {
        part->setEnabled(open);
    }
    m_help->setText(why.isEmpty() ? chosen(*m_kind).help : why);
}

QString FaultForm::command() const
{
    const FaultKind& kind = chosen(*m_kind);
    Command made{kind.ofAction ? "fault.start" : "fault.inject", {}};
    const auto give = [&made](const char* key, const QString& value) {
        if (!value.trimmed().isEmpty()) {
            made.arguments.emplace(key, value.trimmed().toStdString());
        }
    };
    give("fault", kind.name);
    if (kind.ofAction) {
        give("action", m_action->currentText());
    }
    if (kind.name == kError) {
        give("value", m_class->currentText());
    } else if (!kind.value.isEmpty()) {
        give("value", m_value->text());
    }
    if (kind.share) {
        give("share", m_share->text());
    }
    if (kind.lasts) {
        give("for", m_length->text());
    }
    return QString::fromStdString(made.text());
}

void FaultForm::send()
{
    if (m_inject->isEnabled()) {
        emit commandRequested(command());
    }
}

}  // namespace muster::ui
