// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "api/snapshot.h"

namespace muster::ui {

/// The last changes of the run, newest first: when, what kind, what. As many as there is room.
/// Thread safety: the GUI thread's.
class MarkList : public QWidget {
    Q_OBJECT

public:
    explicit MarkList(QWidget* parent = nullptr);

    /// Oldest first, as a snapshot has them.
    void setMarks(const std::vector<Mark>& marks);
    void setUtc(bool utc);
    [[nodiscard]] QStringList texts() const;

    [[nodiscard]] QSize sizeHint() const override { return {260, 110}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {180, 50}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Mark> m_marks;
    bool m_utc = false;
};

}  // namespace muster::ui
