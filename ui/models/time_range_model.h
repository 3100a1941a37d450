// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <span>
#include <vector>

#include "api/queries.h"

namespace muster::ui {

/// A span to look back over, offered by name.
struct RangePreset {
    Duration span;
    const char* title;  ///< "15 min"
};

[[nodiscard]] std::span<const RangePreset> rangePresets() noexcept;  ///< 1 min to 30 d

/// The one time range of a window: live (it ends now, and moves) or absolute (it stands still).
/// Now is the newest snapshot's time, so that a simulated run has its own.
/// Thread safety: the GUI thread's.
class TimeRangeModel : public QObject {
    Q_OBJECT

public:
    explicit TimeRangeModel(QObject* parent = nullptr);

    [[nodiscard]] TimeRange range() const { return m_range; }
    [[nodiscard]] Duration span() const { return m_range.to - m_range.from; }
    [[nodiscard]] bool live() const { return m_live; }
    [[nodiscard]] WallTime now() const { return m_now; }
    /// "Last 15 min", or "14:02:10 – 14:05:00".
    [[nodiscard]] QString text() const;
    /// Whether times are written in UTC; else in local time.
    [[nodiscard]] bool utc() const { return m_utc; }
    void setUtc(bool utc);

    /// Moves a live range; an absolute one stays.
    void setNow(WallTime now);
    /// The last `span`, live.
    void setSpan(Duration span);
    void setAbsolute(TimeRange range);
    /// Back to live with the span it had.
    void goLive();
    /// Stands still where it is.
    void freeze();

    /// Around `at`, or around now while live, which stays live; a factor below 1 shows less.
    void zoom(double factor, WallTime at);
    void zoomOut();            ///< back to the range before the last zoom, else twice the span
    void shift(double share);  ///< of the span, negative is earlier

    static constexpr Duration kShortest = std::chrono::seconds(1);
    static constexpr Duration kLongest = std::chrono::hours(24 * 30);

signals:
    /// The range, or how it is written, is another one: by the user's choice, not by time going on.
    void changed();
    /// The range moved with time.
    void advanced();

private:
    struct Before {
        TimeRange range;
        bool live;
    };

    void set(TimeRange range, bool live);
    void remember();

    TimeRange m_range;
    WallTime m_now;
    Duration m_liveSpan = std::chrono::minutes(15);
    bool m_live = true;
    bool m_utc = false;
    std::vector<Before> m_before;  ///< at most kRemembered
    static constexpr std::size_t kRemembered = 50;
};

}  // namespace muster::ui
