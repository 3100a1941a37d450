// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "style/palette.h"

namespace muster::ui {

/// A share of a limit as a bar, with ticks where it becomes a warning and where critical.
/// Thread safety: the GUI thread's.
class LevelBar : public QWidget {
    Q_OBJECT

public:
    static constexpr double kWarning = 0.80;
    static constexpr double kCritical = 0.95;

    explicit LevelBar(QWidget* parent = nullptr);

    /// 0…1 of the limit; empty when it is not known.
    void setShare(std::optional<double> share);
    void setColour(Role colour);
    /// Without the ticks, for what is no limit: progress.
    void setTicks(bool ticks);
    /// Where they are, other than by default; infinite: there is none.
    void setThresholds(double warning, double critical);
    [[nodiscard]] std::optional<double> share() const { return m_share; }

    [[nodiscard]] QSize sizeHint() const override { return {120, 10}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {40, 10}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_share;
    Role m_colour = Role::accent;
    bool m_ticks = true;
    double m_warning = kWarning;
    double m_critical = kCritical;
};

/// The bar alone, as those paint it who draw many: a track as high as kLevelBar in the middle of
/// `area`, filled up to `share`.
void paintLevel(QPainter& painter, const QRectF& area, std::optional<double> share, Role colour);

inline constexpr int kLevelBar = 6;

}  // namespace muster::ui
