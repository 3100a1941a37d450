// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace muster::app {

/// SIGINT and SIGTERM as a Qt signal. The first asks for an orderly end; a second one ends the
/// process at once, even when this thread does not answer any more. SIGUSR1 wants the black box.
/// Thread safety: the GUI thread's; one a process.
class StopSignals : public QObject {
    Q_OBJECT

public:
    explicit StopSignals(QObject* parent = nullptr);
    ~StopSignals() override;

signals:
    void stopRequested(int signal);
    void blackBoxRequested();
};

}  // namespace muster::app
