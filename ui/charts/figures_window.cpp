// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figures_window.h"

#include <QAction>
#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kColumnWidth = 130;
constexpr int kHeight = 480;

}  // namespace

void openFigures(QWidget* parent, const QString& title, std::unique_ptr<QAbstractItemModel> model,
                 const QString& csv)
{
    auto* window = new QDialog(parent);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setObjectName(QStringLiteral("figures"));
    window->setWindowTitle(title);
    window->resize(kColumnWidth * model->columnCount() + 60, kHeight);
    auto* table = new QTableView(window);
    model->setParent(table);
    table->setModel(model.release());
    table->setAccessibleName(title);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setTabKeyNavigation(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    auto* copy = new QPushButton(QObject::tr("Copy as CSV"), window);
    copy->setToolTip(QObject::tr("Every row (Ctrl+C)"));
    copy->setAutoDefault(false);
    auto* key = new QAction(window);
    key->setShortcut(QKeySequence::Copy);
    window->addAction(key);
    const auto take = [csv] { QGuiApplication::clipboard()->setText(csv); };
    QObject::connect(copy, &QPushButton::clicked, window, take);
    QObject::connect(key, &QAction::triggered, window, take);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(space::kGap, 0, space::kGap, space::kGap);
    buttons->addStretch(1);
    buttons->addWidget(copy);
    auto* layout = new QVBoxLayout(window);
    layout->setContentsMargins({});
    layout->addWidget(table, 1);
    layout->addLayout(buttons);
    table->setFocus();
    window->show();
}

}  // namespace muster::ui
