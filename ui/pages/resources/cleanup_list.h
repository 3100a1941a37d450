// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "api/snapshot.h"

namespace muster::ui {

/// The last clean-ups, newest first: when, who was asked, and how much it gave back; one that
/// failed says why on a line below.
/// Thread safety: the GUI thread's.
class CleanupList : public QWidget {
    Q_OBJECT

public:
    explicit CleanupList(QWidget* parent = nullptr);

    /// Oldest first, as a snapshot has them.
    void setCleanups(const std::vector<CleanupStatus>& cleanups,
                     const std::vector<ResourceUse>& resources);
    void setUtc(bool utc);
    /// "free heap: 12.4 MiB", "session log, failed: the file is locked".
    [[nodiscard]] QStringList texts() const;

    [[nodiscard]] QSize sizeHint() const override { return {220, heightFor(width())}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, kRow}; }
    [[nodiscard]] int heightFor(int width) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Row {
        WallTime at;
        QString who;
        QString gave;  ///< empty: it failed
        QString why;
        QString tip;
        bool slight = false;
    };

    [[nodiscard]] QRect reasonRect(const Row& row, int top, int width) const;
    [[nodiscard]] int heightOf(const Row& row, int width) const;

    static constexpr int kRow = 22;
    std::vector<Row> m_rows;  // newest first
    bool m_utc = false;
};

/// "212 MiB", "1,900 agents": an amount of a resource, in its own unit.
[[nodiscard]] QString amountText(double amount, const std::string& resource,
                                 const std::vector<ResourceUse>& resources);

}  // namespace muster::ui
