// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/jobs_view.h"

#include <QHeaderView>
#include <QVBoxLayout>

#include "bridge/engine_bridge.h"
#include "models/job_table_model.h"
#include "pages/queues/cell_delegate.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = JobTableModel;

constexpr int kWidths[] = {76, 84, 76, 76, 84, 110, 300};
constexpr auto kLook = std::chrono::seconds(1);

Role colourOf(const QModelIndex& index)
{
    switch (index.column()) {
        case Model::State:
            return index.data().toString() == QLatin1String("held") ? Role::accent : Role::dim;
        case Model::Payload:
            return Role::text;
        case Model::Attempts:
            return index.data().toInt() > 1 ? Role::warn : Role::dim;
        default:
            return Role::dim;
    }
}

}  // namespace

JobsView::JobsView(EngineBridge* bridge, QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_model(new JobTableModel(
          [this](const JobQuery& query, auto answer) { m_bridge->jobs(query, this, answer); },
          this)),
      m_table(new FlatTable)
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(colourOf, m_table));
    m_table->setAccessibleName(tr("Jobs that are not done"));
    m_table->horizontalHeader()->setStretchLastSection(true);
    for (int column = 0; column < Model::ColumnCount; ++column) {
        m_table->setColumnWidth(column, kWidths[column]);
    }
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins({});
    rows->addWidget(m_table);
    m_refresh.setInterval(kLook);
    connect(&m_refresh, &QTimer::timeout, m_model, &JobTableModel::refresh);
    connect(m_model, &JobTableModel::refreshed, this, [this](const QString& error) {
        m_table->setEmptyText(!error.isEmpty() ? error
                                               : tr("No job waits: all that was pushed is done, "
                                                    "or a dead letter."));
    });
    setQueue(nullptr);
}

void JobsView::setQueue(const QueueRow* queue)
{
    m_model->setQueue(queue != nullptr ? queue->name : std::string());
    if (queue == nullptr) {
        m_table->setEmptyText(tr("There is no durable queue, and so no job."));
    }
}

void JobsView::setUtc(bool utc)
{
    m_model->setUtc(utc);
}

void JobsView::togglePause()
{
    m_paused = !m_paused;
    m_paused ? m_refresh.stop() : m_refresh.start();
}

void JobsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_model->refresh();
    if (!m_paused) {
        m_refresh.start();
    }
}

void JobsView::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_refresh.stop();
}

}  // namespace muster::ui
