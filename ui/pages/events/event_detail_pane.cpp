// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/event_detail_pane.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "pages/events/event_text.h"
#include "style/palette.h"
#include "widgets/card.h"
#include "widgets/json_view.h"

namespace muster::ui {

namespace {

QString factRow(const QString& name, const QString& value)
{
    return QStringLiteral(
               "<tr><td style='color:%1;padding:2px 14px 2px 0'>%2</td>"
               "<td style='padding:2px 0'>%3</td></tr>")
        .arg(currentPalette()[Role::dim].name(), name, value.toHtmlEscaped());
}

QString hex(std::uint64_t number)
{
    return QString::number(number, 16);
}

}  // namespace

EventDetailPane::EventDetailPane(QWidget* parent)
    : QWidget(parent), m_card(new Card), m_facts(new QLabel), m_json(new JsonView)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_card);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop);
    m_json->setAccessibleName(tr("The event's data as JSON"));
    m_card->body()->addWidget(m_facts);
    m_card->body()->addWidget(m_json, 1);
    m_card->body()->addWidget(makeActions());
    m_card->body()->addStretch();
    show(nullptr);
}

QWidget* EventDetailPane::makeActions()
{
    m_actions = new QWidget;
    auto* row = new QHBoxLayout(m_actions);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kSmall);
    m_correlation = new QPushButton(tr("Follow correlation"));
    m_trace = new QPushButton(tr("Follow trace"));
    auto* copyButton = new QPushButton(tr("Copy"));
    copyButton->setToolTip(tr("Copies the event as JSON"));
    row->addWidget(m_correlation);
    row->addWidget(m_trace);
    row->addWidget(copyButton);
    row->addStretch();
    connect(copyButton, &QPushButton::clicked, this, &EventDetailPane::copy);
    connect(m_correlation, &QPushButton::clicked, this, [this] {
        EventQuery query;
        query.correlation = m_event->correlation;
        emit followRequested(query, tr("Correlation %1").arg(hex(m_event->correlation.value)));
    });
    connect(m_trace, &QPushButton::clicked, this, [this] {
        EventQuery query;
        query.trace = m_event->trace;
        emit followRequested(query, tr("Trace %1").arg(hex(m_event->trace.value)));
    });
    return m_actions;
}

QString EventDetailPane::factsOf(const EventRow& row) const
{
    QString html = QStringLiteral("<table>");
    html += factRow(tr("At"), QString::fromStdString(toString(row.at)));
    html += factRow(tr("Source"), QString::fromStdString(row.source));
    html += factRow(tr("Id"), QString::fromStdString(toString(row.id)));
    if (row.cause) {
        html += factRow(row.replayed ? tr("Replay of") : tr("Cause"),
                        QString::fromStdString(toString(row.cause)));
    }
    if (row.correlation) {
        html += factRow(tr("Correlation"), hex(row.correlation.value));
    }
    if (row.trace) {
        html += factRow(tr("Trace"), hex(row.trace.value));
    }
    html += factRow(tr("Run"), QString::number(row.run.value));
    if (row.replayed) {
        html += factRow(tr("Written"), tr("no: it happened before, and is only played again"));
        return html + QStringLiteral("</table>");
    }
    html += factRow(tr("Written"), row.durable ? tr("durably, before it was acknowledged")
                                               : tr("in the next group commit"));
    return html + QStringLiteral("</table>");
}

void EventDetailPane::show(const EventRow* row)
{
    m_event = row != nullptr ? std::optional(*row) : std::nullopt;
    m_json->setVisible(row != nullptr);
    m_actions->setVisible(row != nullptr);
    if (row == nullptr) {
        m_card->setTitle(tr("No event selected"));
        m_facts->setText(tr("Select a row to read it in full and to follow what it belongs to."));
        return;
    }
    m_card->setTitle(QString::fromStdString(row->type));
    m_facts->setText(factsOf(*row));
    m_json->setJson(row->data);
    m_correlation->setEnabled(static_cast<bool>(row->correlation));
    m_trace->setEnabled(static_cast<bool>(row->trace));
}

void EventDetailPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_event) {
        m_facts->setText(factsOf(*m_event));  // its colours are in the text
    }
}

void EventDetailPane::copy()
{
    QGuiApplication::clipboard()->setText(eventsAsJsonLines({&*m_event}));
}

}  // namespace muster::ui
