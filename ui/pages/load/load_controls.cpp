// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_controls.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <cmath>

#include "pages/load/load_draft.h"
#include "widgets/status_pill.h"

namespace muster::ui {

LoadControls::LoadControls(QWidget* parent)
    : QWidget(parent), m_model(new StatusPill(this)), m_state(new StatusPill(this))
{
    setAccessibleName(tr("Steer the load"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    row->addWidget(m_model);
    row->addWidget(m_state);
    row->addStretch();
    m_pause = add(QStringLiteral("pause"), tr("Pause"), tr("Offer no more work until resumed"));
    row->addSpacing(space::kSmall);
    m_less = add(QStringLiteral("less"), tr("−10 %"), tr("Lower the target by a tenth"));
    m_more = add(QStringLiteral("more"), tr("+10 %"), tr("Raise the target by a tenth"));
    row->addSpacing(space::kSmall);
    m_rate = addField(QStringLiteral("rate"), tr("Target to hold"), 92);
    m_hold = add(QStringLiteral("hold"), tr("Hold"), tr("Hold this target instead of the stages'"));
    m_auto =
        add(QStringLiteral("auto"), tr("Back to profile"), tr("Hand the load back to its stages"));
    row->addSpacing(space::kSmall);
    m_count = addField(QStringLiteral("count"), tr("How many to offer at once"), 72);
    m_burst = add(QStringLiteral("burst"), tr("Burst"),
                  tr("Offer this many at once, on top of the load"));
    m_count->setText(QStringLiteral("1000"));
    row->addSpacing(space::kSmall);
    m_save = add(QStringLiteral("save"), tr("Save as load…"), {});
    setRecorded(false);
    connectParts();
    refresh();
}

void LoadControls::setRecorded(bool recorded)
{
    m_save->setEnabled(recorded);
    m_save->setToolTip(recorded ? tr("What arrived in the range shown, for another run to meet: "
                                     "drag over a chart to choose it")
                                : tr("This run is not recorded, so what arrives is not kept"));
}

QPushButton* LoadControls::add(const QString& name, const QString& text, const QString& tip)
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(QStringLiteral("load.") + name);
    button->setToolTip(tip);
    layout()->addWidget(button);
    return button;
}

QLineEdit* LoadControls::addField(const QString& name, const QString& accessible, int width)
{
    auto* field = new QLineEdit(this);
    field->setObjectName(QStringLiteral("load.") + name);
    field->setAccessibleName(accessible);
    field->setFixedWidth(width);
    field->setAlignment(Qt::AlignRight);
    layout()->addWidget(field);
    return field;
}

void LoadControls::connectParts()
{
    const auto send = [this](QPushButton* button, const QString& command) {
        connect(button, &QPushButton::clicked, this,
                [this, command] { emit commandRequested(command); });
    };
    send(m_less, QStringLiteral("load.step -10%"));
    send(m_more, QStringLiteral("load.step +10%"));
    send(m_auto, QStringLiteral("load.auto"));
    connect(m_pause, &QPushButton::clicked, this, [this] {
        emit commandRequested(m_load.paused ? QStringLiteral("load.resume")
                                            : QStringLiteral("load.pause"));
    });
    connect(m_save, &QPushButton::clicked, this, &LoadControls::saveRequested);
    connect(m_hold, &QPushButton::clicked, this, &LoadControls::sendRate);
    connect(m_rate, &QLineEdit::returnPressed, this, &LoadControls::sendRate);
    connect(m_burst, &QPushButton::clicked, this, &LoadControls::sendBurst);
    connect(m_count, &QLineEdit::returnPressed, this, &LoadControls::sendBurst);
    connect(m_rate, &QLineEdit::textChanged, this, &LoadControls::refresh);
    connect(m_count, &QLineEdit::textChanged, this, &LoadControls::refresh);
}

void LoadControls::sendRate()
{
    const auto target = parseTarget(m_rate->text());
    if (target && m_hold->isEnabled()) {
        emit commandRequested(QStringLiteral("load.rate ") + targetArgument(*target, m_load.model));
    }
}

void LoadControls::sendBurst()
{
    const auto count = parseTarget(m_count->text());
    if (count && m_burst->isEnabled()) {
        emit commandRequested(QStringLiteral("load.burst %1").arg(std::llround(*count)));
    }
}

void LoadControls::setSnapshot(const Snapshot& snapshot)
{
    const bool over = snapshot.state == RunState::finished || snapshot.state == RunState::failed ||
                      snapshot.state == RunState::draining;
    const bool changed = over != m_over || snapshot.load.paused != m_load.paused ||
                         snapshot.load.overridden != m_load.overridden ||
                         snapshot.load.model != m_load.model;
    m_load = snapshot.load;
    m_over = over;
    StatusLook state = lookOf(snapshot.state);
    if (m_load.paused) {
        state = lookOf(RunState::paused);
    } else if (m_load.overridden && !over) {
        state = {Role::warn, QStringLiteral("◆"), tr("Held by hand")};
    }
    m_state->setLook(state);
    showModel();
    if (changed) {
        refresh();
    }
}

void LoadControls::showModel()
{
    if (m_load.model == LoadModel::closed) {
        m_model->setLook({Role::warn, QStringLiteral("◐"), tr("Closed load")});
        m_model->setToolTip(
            tr("Each user waits for its answer before it asks again, so a slow system is asked "
               "less: the load hides queueing. Compare latencies with an open load only."));
    } else {
        m_model->setLook({Role::accent, QStringLiteral("●"), tr("Open load")});
        m_model->setToolTip(
            tr("Arrivals come at the target's rate whether or not agents keep up; those that no "
               "agent could take are counted as dropped."));
    }
}

void LoadControls::setReadOnly(bool readOnly, const QString& reason)
{
    m_readOnly = readOnly;
    setToolTip(reason);  // what is disabled has no tip of its own
    refresh();
}

void LoadControls::refresh()
{
    const bool open = !m_readOnly && !m_over;
    m_pause->setText(m_load.paused ? tr("Resume") : tr("Pause"));
    m_rate->setPlaceholderText(m_load.model == LoadModel::closed ? tr("200 users") : tr("500/s"));
    for (QWidget* part : {static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_less),
                          static_cast<QWidget*>(m_more), static_cast<QWidget*>(m_rate),
                          static_cast<QWidget*>(m_count)}) {
        part->setEnabled(open);
    }
    m_hold->setEnabled(open && parseTarget(m_rate->text()));
    m_auto->setEnabled(open && m_load.overridden);
    const auto count = parseTarget(m_count->text());
    m_burst->setEnabled(open && count && *count >= 1);
}

}  // namespace muster::ui
