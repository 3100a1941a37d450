// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "api/engine.h"
#include "shell/frame_meter.h"

namespace muster::ui {
class MainWindow;
}  // namespace muster::ui

namespace muster::app {

/// What a report is made of.
struct ReportParts {
    SnapshotPtr snapshot;
    RunSummary summary;
    ui::FrameFigures frames;
    QString session;
    QString pictures;  ///< a folder beside the report, named as the report links to it
};

/// Writes `folder`/report.html: totals, expectations, the charts of every page that has some,
/// what needs attention, marks, and links to the pictures. One file: the charts are inside it.
/// False when it cannot be written.
[[nodiscard]] bool writeReport(ui::MainWindow& window, const ReportParts& parts,
                               const QString& folder);

}  // namespace muster::app
