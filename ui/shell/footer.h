// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"

class QLabel;

namespace muster::ui {

class FrameMeter;

/// The line at the bottom: where the session is kept, what of the events is stored, and how
/// well the console itself keeps up. Places are fixed: figures change, nothing moves.
/// Thread safety: the GUI thread's.
class Footer : public QWidget {
    Q_OBJECT

public:
    explicit Footer(QWidget* parent = nullptr);

    void show(const Snapshot& snapshot, bool recorded);
    void showFrames(const FrameMeter& meter);
    void clear();
    [[nodiscard]] QString text() const;

    static constexpr int kHeight = 26;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Part {
        QString plain;
        bool strong = false;
        int colour = 0;
    };
    void paintParts(QPainter& painter, const std::vector<Part>& parts, int from) const;

    std::vector<Part> m_session;
    std::vector<Part> m_events;
    QString m_frames;
    int m_eventsFrom = 0;  ///< grows only
};

}  // namespace muster::ui
