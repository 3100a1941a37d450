// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/queues_card.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "api/command.h"
#include "models/queue_table_model.h"
#include "pages/queues/cell_delegate.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = QueueTableModel;

constexpr int kWidths[] = {70, 88, 56, 66, 70, 50, 68, 66, 66};

Role colourOf(const QModelIndex& index)
{
    const QString text = index.data().toString();
    switch (index.column()) {
        case Model::State:
            return text.startsWith(QStringLiteral("●"))   ? Role::ok
                   : text.startsWith(QStringLiteral("▲")) ? Role::bad
                                                          : Role::warn;
        case Model::Letters:
            return text == QLatin1String("0") ? Role::dim : Role::bad;
        case Model::Name:
            return Role::text;
        default:
            return text == QLatin1String("0") || text == QStringLiteral("–") ? Role::dim
                                                                             : Role::text;
    }
}

}  // namespace

QueuesCard::QueuesCard(QWidget* parent)
    : Card(tr("Queues"), parent),
      m_model(new QueueTableModel(this)),
      m_table(new FlatTable),
      m_pause(new QPushButton(tr("‖ Pause queue"))),
      m_note(new QLabel)
{
    setFlush(true);
    setHeaderWidget(m_pause);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(colourOf, m_table));
    m_table->setAccessibleName(tr("Durable queues"));
    for (int column = 0; column < Model::ColumnCount; ++column) {
        m_table->setColumnWidth(column, kWidths[column]);
    }
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_note->setContentsMargins(space::kPage, 0, space::kPage, space::kSmall);
    m_note->setFont(fontFor(FontRole::small));
    m_note->setWordWrap(true);
    m_note->hide();
    body()->setSpacing(0);
    body()->addWidget(m_table, 1);
    body()->addWidget(m_note);
    connect(m_pause, &QPushButton::clicked, this, &QueuesCard::togglePaused);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        showChosen();
        emit chosenChanged();
    });
    showChosen();
}

void QueuesCard::show(const std::vector<QueueRow>& queues)
{
    const bool others = m_model->rowCount() == 0;
    m_model->setQueues(queues);
    if (!m_table->currentIndex().isValid() && !queues.empty()) {
        m_table->setCurrentRowInPlace(0);
    }
    showChosen();
    if (others != queues.empty()) {
        emit chosenChanged();
    }
}

void QueuesCard::setEmptyText(const QString& text)
{
    m_table->setEmptyText(text);
}

void QueuesCard::setCanSteer(bool can, const QString& reason)
{
    m_canSteer = can;
    m_reason = reason;
    showChosen();
}

const QueueRow* QueuesCard::chosen() const
{
    return m_model->queueAt(std::max(0, m_table->currentIndex().row()));
}

void QueuesCard::showChosen()
{
    const QueueRow* queue = chosen();
    m_pause->setVisible(queue != nullptr);
    m_pause->setEnabled(m_canSteer);
    m_pause->setToolTip(m_canSteer ? tr("Jobs are still taken in while it is paused") : m_reason);
    m_note->setVisible(queue != nullptr && !queue->standstill.empty());
    if (queue == nullptr) {
        return;
    }
    const QString name = QString::fromStdString(queue->name);
    m_pause->setText(queue->paused ? tr("▶ Let %1 go on").arg(name) : tr("‖ Pause %1").arg(name));
    m_note->setText(tr("%1: %2").arg(name, QString::fromStdString(queue->standstill)));
}

void QueuesCard::togglePaused()
{
    if (const QueueRow* queue = chosen()) {
        Command command{queue->paused ? "queue.resume" : "queue.pause", {{"queue", queue->name}}};
        emit commandRequested(QString::fromStdString(command.text()));
    }
}

}  // namespace muster::ui
