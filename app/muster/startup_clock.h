// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <chrono>
#include <string>
#include <vector>

#include "api/engine.h"

namespace muster::app {

/// What the time from the start of the process to the first frame was spent on.
/// Thread safety: one thread.
class StartupClock {
public:
    /// The first thing main() does.
    StartupClock();

    /// What has been done since the step before.
    void step(const QString& name);
    [[nodiscard]] double totalMs() const;
    /// As the report prints it; `engine` is its own part, behind it.
    [[nodiscard]] QString report(const EngineStartup& engine) const;

private:
    struct Step {
        QString name;
        double ms = 0;
    };

    std::vector<Step> m_steps;
    double m_lastMs = 0;
};

}  // namespace muster::app
