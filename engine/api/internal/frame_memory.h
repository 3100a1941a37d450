// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "api/queries.h"
#include "api/snapshot.h"

namespace muster {

/// The last minutes of every series at full rate, so that charts of now ask no database.
/// Thread safety: any thread.
class FrameMemory {
public:
    void add(const MetricFrame& frame);
    /// The time of the oldest frame held; nothing while there is none.
    [[nodiscard]] std::optional<WallTime> since() const;
    /// Points of at least `resolution` apart each, on spans that start at multiples of it.
    [[nodiscard]] std::vector<HistoryPoint> points(Series series, TimeRange range,
                                                   Duration resolution) const;

    /// Keeps the newest minute; gives the bytes it held for the rest.
    std::uint64_t shrink();

    static constexpr std::size_t kFrames = 6'000;  ///< ten minutes at ten a second

private:
    struct Frame {
        WallTime at;
        std::array<double, static_cast<std::size_t>(Series::count)> values;
    };

    mutable std::mutex m_mutex;  // guards m_frames
    std::deque<Frame> m_frames;  // oldest first
};

}  // namespace muster
