// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace muster::ui {

/// Frames as measured: from the moment the engine published a snapshot to the moment the window
/// that shows it was painted, waiting for the UI thread included.
struct FrameFigures {
    std::uint64_t frames = 0;
    double lastMs = 0;
    double p50Ms = 0;
    double p99Ms = 0;
    double maxMs = 0;
};

/// Takes the time of frames in buckets of a tenth of a millisecond, without allocating.
/// Thread safety: the GUI thread's.
class FrameMeter {
public:
    using Clock = std::chrono::steady_clock;

    /// A snapshot that came at `arrival` is about to be shown.
    void arrived(Clock::time_point arrival);
    /// The window was painted; ends the frame under way, if there is one.
    void painted(Clock::time_point now = Clock::now());
    /// The frame under way is none: its time goes into something else.
    void abandon() { m_pending.reset(); }
    void reset();

    [[nodiscard]] FrameFigures figures() const;
    /// Snapshots a second, over the last second or so; unknown before two have come.
    [[nodiscard]] std::optional<double> snapshotsPerSecond() const;

private:
    static constexpr std::size_t kBuckets = 2'000;  ///< the last one holds all from 200 ms up

    [[nodiscard]] double quantile(double share) const;

    std::array<std::uint32_t, kBuckets> m_buckets{};
    std::array<Clock::time_point, 16> m_arrivals{};
    std::uint64_t m_arrived = 0;
    std::optional<Clock::time_point> m_pending;
    FrameFigures m_figures;
};

}  // namespace muster::ui
