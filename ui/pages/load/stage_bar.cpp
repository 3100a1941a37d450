// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/stage_bar.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>

#include "pages/load/stage_editor.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

QPushButton* button(const QString& text, const QString& tip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setToolTip(tip);
    return made;
}

}  // namespace

StageBar::StageBar(StageEditor& editor, QWidget* parent)
    : QWidget(parent),
      m_editor(editor),
      m_which(new QLabel(this)),
      m_length(new QSpinBox(this)),
      m_target(new QDoubleSpinBox(this)),
      m_add(button(tr("Add"), tr("A stage after this one (+)"), this)),
      m_remove(button(tr("Remove"), tr("This stage (Delete)"), this)),
      m_follow(new QCheckBox(tr("As I drag"), this)),
      m_revert(button(tr("Revert"), tr("Back to what runs (Escape)"), this)),
      m_apply(button(tr("Apply"), tr("Make these the stages of the run (Return)"), this))
{
    m_which->setMinimumWidth(78);
    m_length->setRange(1, static_cast<int>(duration_cast<seconds>(LoadDraft::kLongest).count()));
    m_length->setSuffix(tr(" s"));
    m_length->setAccessibleName(tr("Length of the stage in seconds"));
    m_target->setRange(0, LoadDraft::kHighest);
    m_target->setDecimals(0);
    m_target->setGroupSeparatorShown(true);
    m_target->setAccessibleName(tr("Target at the end of the stage"));
    m_length->setFixedWidth(74);
    m_target->setFixedWidth(112);
    for (QAbstractSpinBox* box :
         {static_cast<QAbstractSpinBox*>(m_length), static_cast<QAbstractSpinBox*>(m_target)}) {
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setKeyboardTracking(false);
        box->setLocale(QLocale::c());
    }
    m_target->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    m_follow->setToolTip(tr("Apply each change as soon as the mouse is let go"));
    m_apply->setProperty("primary", true);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    row->addWidget(m_which);
    row->addWidget(new QLabel(tr("lasts"), this));
    row->addWidget(m_length);
    row->addWidget(new QLabel(tr("to"), this));
    row->addWidget(m_target);
    row->addWidget(m_add);
    row->addWidget(m_remove);
    row->addStretch();
    row->addWidget(m_follow);
    row->addWidget(m_revert);
    row->addWidget(m_apply);
    connectParts();
    refresh();
}

void StageBar::connectParts()
{
    connect(&m_editor, &StageEditor::edited, this, &StageBar::refresh);
    connect(&m_editor, &StageEditor::settled, this, [this] {
        if (m_follow->isChecked() && m_editor.changed()) {
            emit applyRequested();
        }
    });
    connect(&m_editor, &StageEditor::applyRequested, this, [this] {
        if (m_editor.changed()) {
            emit applyRequested();
        }
    });
    connect(m_length, &QSpinBox::valueChanged, this,
            [this](int length) { m_editor.setLength(seconds(length)); });
    connect(m_target, &QDoubleSpinBox::valueChanged, this,
            [this](double target) { m_editor.setTarget(target); });
    connect(m_add, &QPushButton::clicked, &m_editor, &StageEditor::addStage);
    connect(m_remove, &QPushButton::clicked, &m_editor, &StageEditor::removeStage);
    connect(m_revert, &QPushButton::clicked, &m_editor, &StageEditor::revert);
    connect(m_apply, &QPushButton::clicked, this, &StageBar::applyRequested);
}

void StageBar::setReadOnly(bool readOnly)
{
    m_readOnly = readOnly;
    refresh();
}

void StageBar::setUnit(const QString& unit)
{
    if (m_target->suffix() != unit) {
        m_target->setSuffix(unit);
    }
}

void StageBar::refresh()
{
    const LoadDraft& draft = m_editor.draft();
    const bool any = draft.size() > 0;
    const std::size_t selected = m_editor.selected();
    m_which->setText(any ? tr("Stage %1 of %2").arg(selected + 1).arg(draft.size())
                         : tr("No stages"));
    if (any) {
        const QSignalBlocker quietLength(m_length);
        const QSignalBlocker quietTarget(m_target);
        m_length->setValue(
            static_cast<int>(duration_cast<seconds>(draft.stages()[selected].length).count()));
        m_target->setValue(draft.stages()[selected].target);
    }
    const bool open = any && !m_readOnly;
    m_length->setEnabled(open);
    m_target->setEnabled(open);
    m_add->setEnabled(!m_readOnly && draft.size() < LoadDraft::kMostStages);
    m_remove->setEnabled(open && draft.size() > 1);
    m_follow->setEnabled(!m_readOnly);
    m_revert->setEnabled(m_editor.changed());
    m_apply->setEnabled(m_editor.changed() && !m_readOnly);
}

}  // namespace muster::ui
