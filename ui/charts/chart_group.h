// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <optional>

#include "base/clock.h"

namespace muster::ui {

/// What the charts of one window share: the moment the reader points at. Tables and logs may
/// follow it too.
/// Thread safety: the GUI thread's.
class ChartGroup : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] std::optional<WallTime> crosshair() const { return m_crosshair; }
    void setCrosshair(std::optional<WallTime> at);

signals:
    void crosshairChanged();

private:
    std::optional<WallTime> m_crosshair;
};

}  // namespace muster::ui
