// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "base/service_start.h"

namespace muster::ui {

/// How the engine started: its services group by group on one time axis, or why there is nothing
/// to show. Opened with open(); Escape closes it. Deletes itself.
/// Thread safety: the GUI thread's.
class StartupDialog : public QDialog {
    Q_OBJECT

public:
    /// `missing` says why no engine started, where none did.
    StartupDialog(const EngineStartup& startup, const QString& missing, QWidget* parent);

    [[nodiscard]] QString summary() const { return m_summary; }

private:
    QString m_summary;
};

}  // namespace muster::ui
