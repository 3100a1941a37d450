// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/history_reader.h"
#include "models/format.h"

class QPainter;

namespace muster::ui {

/// One series of two runs on one axis of time, each from where its range begins: A drawn full, B
/// dashed. Thread safety: the GUI thread's.
class OverlayChart : public QWidget {
    Q_OBJECT

public:
    explicit OverlayChart(QWidget* parent = nullptr);

    void show(const RunCurves& curves, const std::string& unit);
    /// Says why there is nothing to draw.
    void clear(const QString& why);
    /// What is drawn in words, for a screen reader and the tip.
    [[nodiscard]] QString summary() const;

    [[nodiscard]] QSize sizeHint() const override { return {400, 190}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 140}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    using Points = std::vector<CurvePoint>;

    [[nodiscard]] QString title() const;
    [[nodiscard]] QRect plotRect() const;
    void paintAxes(QPainter& painter, double top, Duration longest) const;
    void paintCurve(QPainter& painter, const Points& points, double top, Duration longest) const;
    void paintKey(QPainter& painter) const;

    RunCurves m_curves;
    std::string m_unit;
    QString m_why;
};

}  // namespace muster::ui
