// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>

#include "api/report.h"

class QWidget;

namespace muster::ui {

/// Of a file's name: Markdown of .md, JSON of .json, else HTML.
[[nodiscard]] ReportFormat reportFormatOf(const QString& file);

/// Asks for the name of a report in one of the three formats, and calls `done` with it.
[[nodiscard]] std::function<void(const QString& suggested,
                                 std::function<void(const QString&)> done)>
askForReport(QWidget* page);

}  // namespace muster::ui
