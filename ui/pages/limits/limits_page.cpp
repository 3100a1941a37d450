// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/limits_page.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyle>

#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/limits/service_delegate.h"
#include "pages/limits/service_pane.h"
#include "pages/limits/trial_card.h"
#include "pages/limits/what_if_card.h"
#include "widgets/chip.h"
#include "widgets/empty_state.h"

namespace muster::ui {

namespace {

constexpr int kPaneWidth = 300;
constexpr int kMany = 24;  // cards: beyond, they are drawn small
constexpr int kSlack = 4;  // cards that fill the width to the pixel are wrapped

}  // namespace

LimitsPage::LimitsPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("limits"), tr("Limits"), tr("What protects us, and how near is it?"),
           parent),
      m_context(context),
      m_model(new ServiceListModel(this)),
      m_list(new QListView(this)),
      m_delegate(new ServiceDelegate(m_list)),
      m_stack(new QStackedWidget(this)),
      m_empty(new EmptyState({}, {}, this)),
      m_filter(new QLineEdit(this)),
      m_order(new QComboBox(this)),
      m_count(new Chip(this)),
      m_ask(new QPushButton(tr("What if …"), this)),
      m_whatIf(new WhatIfCard(context, this)),
      m_trial(new TrialCard(this)),
      m_pane(new ServicePane(this))
{
    makeList();
    auto* left = new QVBoxLayout;
    left->setSpacing(space::kGap);
    left->addWidget(makeTools());
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    left->addWidget(m_stack, 3);
    left->addWidget(m_whatIf, 2);
    m_whatIf->hide();
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    columns->setSpacing(space::kGap);
    columns->addLayout(left, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(space::kGap);
    for (QWidget* each : {static_cast<QWidget*>(m_trial), static_cast<QWidget*>(m_pane)}) {
        each->setFixedWidth(kPaneWidth);
        right->addWidget(each, each == m_pane ? 1 : 0);
    }
    columns->addLayout(right);
    connect(m_trial, &TrialCard::commandRequested, this, &Page::commandRequested);
    connect(m_pane, &ServicePane::commandRequested, this, &Page::commandRequested);
    updateSteering();
    showCount();
}

QWidget* LimitsPage::makeTools()
{
    auto* tools = new QWidget(this);
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    m_filter->setPlaceholderText(tr("Filter: a name, state:open,half_open, trouble:yes"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter services"));
    m_order->addItem(tr("Trouble first"), static_cast<int>(ServiceListModel::Order::trouble));
    m_order->addItem(tr("By name"), static_cast<int>(ServiceListModel::Order::name));
    m_order->addItem(tr("Busiest first"), static_cast<int>(ServiceListModel::Order::rate));
    m_order->setAccessibleName(tr("Order of services"));
    row->addWidget(m_filter, 1);
    row->addWidget(m_order);
    row->addWidget(m_ask);
    row->addWidget(m_count);
    m_ask->setCheckable(true);
    m_ask->setToolTip(tr("What other settings would have done with the recorded calls"));
    connect(m_ask, &QPushButton::toggled, m_whatIf, &QWidget::setVisible);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setFilter(text);
        showCount();
        showSelected();
    });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this] {
        m_model->setOrder(static_cast<ServiceListModel::Order>(m_order->currentData().toInt()));
    });
    return tools;
}

void LimitsPage::makeList()
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setAccessibleName(tr("Services"));
    m_list->setViewMode(QListView::IconMode);
    m_list->setMovement(QListView::Static);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setUniformItemSizes(true);
    m_list->setSpacing(0);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setStyleSheet(QStringLiteral("background: transparent;"));
    m_list->installEventFilter(this);
    connect(m_model, &QAbstractItemModel::modelReset, this, &LimitsPage::fitCards);
    connect(m_model, &QAbstractItemModel::layoutChanged, this, &LimitsPage::fitCards);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &LimitsPage::select);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* pin = new QAction(tr("Pin, unpin"), m_list);
    pin->setShortcut(QKeySequence(Qt::Key_P));
    pin->setShortcutContext(Qt::WidgetShortcut);
    connect(pin, &QAction::triggered, this, [this] {
        if (!m_selected.isEmpty()) {
            m_model->togglePin(m_selected);
        }
    });
    m_list->addAction(pin);
}

void LimitsPage::fitCards()
{
    const int count = m_model->rowCount();
    m_delegate->setDense(count > kMany);
    const QSize least = m_delegate->leastSize();
    const int high = least.height() + space::kGap;
    const auto columnsIn = [&](int width) {
        return std::max(1, (width - kSlack) / (least.width() + space::kGap));
    };
    // Left to itself the view keeps room for its scroll bar whether that is there or not, and
    // shows it where nothing can be scrolled.
    const int free = columnsIn(m_list->width());
    const int rows = (count + free - 1) / free;
    const bool scrolls = rows * high - space::kGap > m_list->height();
    m_list->setVerticalScrollBarPolicy(scrolls ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    const int bar =
        scrolls ? m_list->style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, m_list) : 0;
    const int room = m_list->width() - bar;
    const QSize card((room - kSlack) / columnsIn(room), high);
    if (m_list->gridSize() != card) {
        m_list->setGridSize(card);
    }
}

bool LimitsPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::Resize) {
        fitCards();
    }
    return Page::eventFilter(watched, event);
}

void LimitsPage::setSnapshot(const SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    updateSteering();
    m_model->setServices(snapshot->services, snapshot->at);
    const bool gone = m_selected.isEmpty() || !m_model->contains(m_selected);
    if (gone && m_model->rowCount() > 0) {
        m_list->setCurrentIndex(m_model->index(0));
        select(m_model->index(0));
    }
    m_trial->show(snapshot->trial);
    showCount();
    showSelected();
}

void LimitsPage::showCount()
{
    if (m_model->total() == 0) {
        m_count->show(QStringLiteral("–"), tr("services"));
        m_empty->setText(
            over() ? tr("The run is over") : tr("No service to protect"),
            over() ? tr("What its circuit breakers did is kept: see Events, type breaker.*.")
                   : tr("A workload names its services under [services.NAME], with a circuit "
                        "breaker, a limiter, a bulkhead and retries; actions call through them by "
                        "service = \"NAME\". Try resources/workloads/flaky.toml."));
        m_stack->setCurrentWidget(m_empty);
        return;
    }
    QStringList parts{m_model->total() == 1 ? tr("service") : tr("services")};
    const auto add = [&](const char* state, const QString& word) {
        if (const int count = m_model->inState(state); count > 0) {
            parts << tr("%1 %2").arg(count).arg(word);
        }
    };
    add("open", tr("open"));
    add("half_open", tr("half-open"));
    add("forced_open", tr("forced"));
    m_count->show(exactText(static_cast<std::uint64_t>(m_model->total())),
                  parts.join(QStringLiteral(" · ")));
    if (m_model->rowCount() == 0) {
        m_empty->setText(tr("No service matches"), tr("Clear the filter, or change it."));
    }
    m_stack->setCurrentWidget(m_model->rowCount() == 0 ? static_cast<QWidget*>(m_empty) : m_list);
}

bool LimitsPage::over() const
{
    return m_snapshot &&
           (m_snapshot->state == RunState::finished || m_snapshot->state == RunState::failed);
}

void LimitsPage::select(const QModelIndex& index)
{
    if (const auto* row = m_model->rowAt(index.row())) {
        m_selected = QString::fromStdString(row->status.name);
    }
    showSelected();
}

void LimitsPage::showSelected()
{
    const auto* row = m_model->rowAt(m_model->rowOf(m_selected));
    m_pane->show(row != nullptr ? &row->status : nullptr,
                 m_snapshot ? m_snapshot->marks : std::vector<Mark>());
    m_whatIf->setService(row != nullptr ? m_selected : QString());
}

void LimitsPage::setTimeRange()
{
    m_pane->setUtc(m_context.range->utc());
}

void LimitsPage::setReadOnly(bool on)
{
    m_readOnly = on;
    updateSteering();
}

void LimitsPage::updateSteering()
{
    const bool can = m_snapshot && !over() && !m_readOnly;
    const QString why = m_readOnly ? lockText() : tr("Nothing runs");
    m_pane->setCanSteer(can, why);
    m_trial->setCanSteer(can, why);
}

void LimitsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

QVariantMap LimitsPage::state() const
{
    return {{QStringLiteral("pinned"), m_model->pinned()},
            {QStringLiteral("order"), m_order->currentIndex()},
            {QStringLiteral("what_if"), m_ask->isChecked()}};
}

void LimitsPage::restoreState(const QVariantMap& state)
{
    m_model->setPinned(state.value(QStringLiteral("pinned")).toStringList());
    m_order->setCurrentIndex(state.value(QStringLiteral("order")).toInt());
    m_ask->setChecked(state.value(QStringLiteral("what_if")).toBool());
}

}  // namespace muster::ui
