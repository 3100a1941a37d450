// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "charts/axis_ticks.h"
#include "pages/load/load_draft.h"

namespace muster::ui {

/// The load profile as a drawing. The end of each stage is a point to drag; with the keyboard,
/// Page Up and Page Down choose a point, arrows move it (Ctrl: by more), + adds a stage after it,
/// Delete removes it, Return applies, Escape takes the changes back. What runs is drawn dashed
/// while the draft differs from it.
/// Thread safety: the GUI thread's.
class StageEditor : public QWidget {
    Q_OBJECT

public:
    explicit StageEditor(QWidget* parent = nullptr);

    /// What runs now. A draft that was changed is kept.
    void setLoad(const LoadStatus& load);
    void setReadOnly(bool readOnly);

    [[nodiscard]] const LoadDraft& draft() const { return m_draft; }
    [[nodiscard]] bool changed() const { return m_changed; }
    [[nodiscard]] std::size_t selected() const { return m_selected; }
    void select(std::size_t stage);

    void setLength(Duration length);
    void setTarget(double target);
    void addStage();
    void removeStage();
    void revert();
    /// Where a stage's point is drawn, for those who act on it.
    [[nodiscard]] QPoint pointOf(std::size_t stage) const;

    [[nodiscard]] QSize sizeHint() const override { return {560, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 120}; }

signals:
    /// The draft or the selection is another one.
    void edited();
    /// A drag or a key has come to its end.
    void settled();
    /// Return was pressed.
    void applyRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void afterEdit();
    void describe();  ///< the stages in words, for those who listen
    void updateScale();
    [[nodiscard]] QRect plotRect() const;
    [[nodiscard]] double xOf(Duration at) const;
    [[nodiscard]] double yOf(double target) const;
    [[nodiscard]] Duration timeAt(double x) const;
    [[nodiscard]] double targetAt(double y) const;
    [[nodiscard]] std::optional<std::size_t> pointAt(const QPointF& position) const;
    [[nodiscard]] QPolygonF line(const std::vector<LoadStage>& stages) const;
    bool movePoint(int key, bool far);

    void paintAxes(QPainter& painter) const;
    void paintProfile(QPainter& painter) const;
    void paintNow(QPainter& painter) const;
    void paintPoints(QPainter& painter) const;

    LoadStatus m_load;
    LoadDraft m_draft;
    bool m_changed = false;
    bool m_readOnly = false;
    bool m_focusShown = false;
    std::size_t m_selected = 0;
    std::optional<std::size_t> m_hovered;
    bool m_dragging = false;
    Duration m_span = std::chrono::seconds(60);  ///< shown, stands still while dragging
    ValueAxis m_axis;
};

}  // namespace muster::ui
