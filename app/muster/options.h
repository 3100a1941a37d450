// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "api/engine.h"
#include "style/theme.h"

namespace muster::app {

/// What the command line asks for.
struct Options {
    QString file;  ///< a workload or a session; empty: the Start page
    EngineOptions engine;
    std::optional<Duration> runFor;
    QString pictures;  ///< the folder for pictures of every page
    QString report;    ///< the folder for the report
    bool startupReport = false;
    std::optional<ui::ThemeChoice> theme;

    /// Ends by itself: nobody is there to close the window.
    [[nodiscard]] bool unattended() const
    {
        return runFor || startupReport || !pictures.isEmpty() || !report.isEmpty();
    }
};

struct ParsedOptions {
    std::optional<Options> options;
    QString text;  ///< help, version or what was wrong, when there are no options
    int exitCode = 0;
};

/// Reads the arguments, the program's name first.
[[nodiscard]] ParsedOptions parseOptions(const QStringList& arguments);

inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrongUse = 2;

}  // namespace muster::app
