// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "api/engine.h"
#include "shell/frame_meter.h"

namespace muster::app {

/// The heading of the table that a run without a screen prints, and one line of it.
[[nodiscard]] QString liveHeading();
[[nodiscard]] QString liveLine(const Snapshot& snapshot);

/// What a run came to, as it is printed at its end.
[[nodiscard]] QString summaryText(const RunSummary& summary, const ui::FrameFigures& frames,
                                  const QString& session);

/// "digest.p99 < 50ms: held, 4.80 ms".
[[nodiscard]] QString expectationText(const ExpectationStatus& expectation);

}  // namespace muster::app
