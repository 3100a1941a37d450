// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QString>
#include <memory>

class QWidget;

namespace muster::ui {

/// Opens a chart's figures as a table in a window of its own: read with the keyboard, copied as
/// CSV by Ctrl+C or its button, closed with Escape. `csv` is what a copy takes.
/// Thread safety: the GUI thread's.
void openFigures(QWidget* parent, const QString& title, std::unique_ptr<QAbstractItemModel> model,
                 const QString& csv);

}  // namespace muster::ui
