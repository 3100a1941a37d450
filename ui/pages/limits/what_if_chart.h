// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "api/what_if.h"
#include "style/palette.h"

class QPainter;

namespace muster::ui {

/// One stage told again: how many calls it rejected as it was (filled) and would have rejected
/// with the proposed settings (a dashed line), and of a breaker, in two lanes, in which states it
/// was and would have been, each in word and colour. The proposed ones are labelled as
/// counterfactual.
/// Thread safety: the GUI thread's.
class WhatIfChart : public QWidget {
    Q_OBJECT

public:
    explicit WhatIfChart(QWidget* parent = nullptr);

    void show(const WhatIf& answer, const QString& stage, bool utc);
    void clear();
    /// The figures as a table would have them, for a screen reader and the tip.
    [[nodiscard]] QString summary() const;
    /// Opens them as a table (Return, or from its menu); nothing to show: does nothing.
    void openTable();

    [[nodiscard]] QSize sizeHint() const override { return {400, 150}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 110}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    [[nodiscard]] QRect plotRect() const;
    [[nodiscard]] double xOf(WallTime at) const;
    void paintAxes(QPainter& painter, double top) const;
    void paintRejections(QPainter& painter, double top) const;
    void paintLane(QPainter& painter, const QRect& lane, const QString& title,
                   const std::vector<WhatIfMove>& moves) const;
    [[nodiscard]] double highest() const;

    std::optional<WhatIfStage> m_stage;
    TimeRange m_range{};
    Duration m_span{};
    bool m_utc = false;
    bool m_focusShown = false;
};

}  // namespace muster::ui
