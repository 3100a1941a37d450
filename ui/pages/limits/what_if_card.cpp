// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/what_if_card.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/limits/what_if_chart.h"

namespace muster::ui {

namespace {

QString from(const std::string& text)
{
    return QString::fromStdString(text);
}

}  // namespace

WhatIfCard::WhatIfCard(const PageContext& context, QWidget* parent)
    : Card(tr("What if"), parent),
      m_context(context),
      m_settings(new QLineEdit(this)),
      m_stage(new QComboBox(this)),
      m_ask(new QPushButton(tr("Ask"), this)),
      m_chart(new WhatIfChart(this)),
      m_legend(new QLabel(this)),
      m_note(new QLabel(this))
{
    m_settings->setPlaceholderText(
        tr("Other settings: breaker.failure_rate=30% limiter.rate=200/s"));
    m_settings->setAccessibleName(tr("Proposed settings"));
    m_settings->setClearButtonEnabled(true);
    m_stage->setAccessibleName(tr("Stage that is shown"));
    m_stage->setVisible(false);
    m_ask->setToolTip(tr("Tells the recorded calls of the time shown to the settings again"));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kSmall);
    row->addWidget(m_settings, 1);
    row->addWidget(m_stage);
    row->addWidget(m_ask);
    for (QLabel* label : {m_legend, m_note}) {
        label->setFont(fontFor(FontRole::small));
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    body()->addLayout(row);
    body()->addWidget(m_chart, 1);
    body()->addWidget(m_legend);
    body()->addWidget(m_note);
    connect(m_ask, &QPushButton::clicked, this, &WhatIfCard::ask);
    connect(m_settings, &QLineEdit::returnPressed, this, &WhatIfCard::ask);
    connect(m_stage, &QComboBox::currentIndexChanged, this, &WhatIfCard::showStage);
    setService({});
}

void WhatIfCard::setService(const QString& name)
{
    if (name == m_service && !name.isEmpty()) {
        return;
    }
    m_service = name;
    m_answer.reset();
    m_stage->setVisible(false);
    m_chart->clear();
    m_legend->clear();
    m_note->clear();
    m_ask->setEnabled(!name.isEmpty());
    setTitle(name.isEmpty() ? tr("What if") : tr("What if: %1").arg(name));
}

void WhatIfCard::ask()
{
    if (m_context.bridge == nullptr || m_service.isEmpty()) {
        return;
    }
    WhatIfQuery query;
    query.service = m_service.toStdString();
    for (const QString& each : m_settings->text().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        query.settings.push_back(each.toStdString());
    }
    query.range = m_context.range->range();
    m_ask->setEnabled(false);
    m_note->setText(tr("Telling the recorded calls again …"));
    m_context.bridge->whatIf(query, this, [this, asked = m_service](const Result<WhatIf>& answer) {
        m_ask->setEnabled(true);
        if (asked == m_service) {
            show(answer);
        }
    });
}

void WhatIfCard::show(const Result<WhatIf>& answer)
{
    m_stage->blockSignals(true);
    m_stage->clear();
    if (!answer) {
        m_answer.reset();
        m_chart->clear();
        m_legend->clear();
        m_note->setText(from(answer.error().text()));
    } else {
        m_answer = *answer;
        for (const WhatIfStage& stage : m_answer->stages) {
            m_stage->addItem(from(stage.stage));
        }
        // The one on which the settings tell is of interest.
        for (int i = 0; i < m_stage->count(); ++i) {
            if (m_settings->text().contains(m_stage->itemText(i) + QLatin1Char('.'))) {
                m_stage->setCurrentIndex(i);
            }
        }
    }
    m_stage->setVisible(m_stage->count() > 1);
    m_stage->blockSignals(false);
    showStage();
}

void WhatIfCard::showStage()
{
    const WhatIfStage* stage =
        m_answer ? m_answer->stage(m_stage->currentText().toStdString()) : nullptr;
    if (stage == nullptr) {
        return;
    }
    m_chart->show(*m_answer, m_stage->currentText(), m_context.range->utc());
    m_legend->setText(tr("▬ as it was: %1 of %2 rejected    ┅ what if, counterfactual: %3 rejected")
                          .arg(exactText(stage->recorded.rejected), exactText(stage->calls),
                               exactText(stage->proposed.rejected)));
    QStringList notes;
    notes << (stage->reproduced
                  ? tr("With its own settings the log gives what was recorded, exactly.")
                  : tr("With its own settings the log does NOT give what was "
                       "recorded: do not rely on this."));
    if (!stage->note.empty()) {
        notes << tr("The log does not tell all: %1.").arg(from(stage->note));
    }
    if (stage->unknown > 0) {
        notes << tr("%1 would have passed that were rejected: how they would have ended nobody "
                    "knows.")
                     .arg(exactText(stage->unknown));
    }
    m_note->setText(notes.join(QLatin1Char(' ')));
}

}  // namespace muster::ui
