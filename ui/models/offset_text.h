// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "base/clock.h"

namespace muster::ui {

/// A time since a run's start as it is typed: "45", "45 s", "1.5 min", "1:30", "1:02:03.5".
/// Empty: it is none. Thread safety: a pure function.
[[nodiscard]] std::optional<Duration> offsetFrom(const QString& text);

/// The same written so that it reads back: "1:30", "1:02:03.500".
[[nodiscard]] QString offsetText(Duration offset);

}  // namespace muster::ui
