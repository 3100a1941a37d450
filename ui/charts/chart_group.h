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

    /// Where the reader points, else the moment that is looked back at.
    [[nodiscard]] std::optional<WallTime> crosshair() const
    {
        return m_crosshair ? m_crosshair : m_moment;
    }
    void setCrosshair(std::optional<WallTime> at);
    /// Stands there while nobody points elsewhere; empty: none does.
    void setMoment(std::optional<WallTime> at);

signals:
    void crosshairChanged();

private:
    std::optional<WallTime> m_crosshair;
    std::optional<WallTime> m_moment;
};

}  // namespace muster::ui
