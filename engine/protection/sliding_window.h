// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "protection/rate.h"
#include "protection/steady_time.h"

namespace muster {

struct SlidingWindowSettings {
    enum class Counting : std::uint8_t {
        segments,  ///< never more than the limit in any window; a segment longer to forget
        weighted,  ///< this window and the share of the last one that still counts: an estimate
                   ///< from two numbers, as stores that are shared can keep
    };

    std::uint64_t limit = 500;
    Duration window = std::chrono::seconds(1);
    Counting counting = Counting::segments;
    std::uint32_t segments = 10;  ///< 1 to 1,000; of no meaning when weighted

    friend bool operator==(const SlidingWindowSettings&, const SlidingWindowSettings&) = default;
};

/// At most so many calls in a window that moves with time. A denied call counts for nothing, so
/// it does not make the denial longer.
/// Pure. Thread safety: one thread at a time; Guarded<SlidingWindow> for many.
class SlidingWindow {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<SlidingWindow> create(const SlidingWindowSettings& settings,
                                                      MonoTime now);

    /// Errors: outOfRange for a cost above the limit.
    [[nodiscard]] Result<LimitStatus> tryTake(std::uint64_t cost, MonoTime now);
    [[nodiscard]] LimitStatus status(MonoTime now);
    /// What was admitted still counts: with another window or other segments, as if it had been
    /// admitted now. Errors: outOfRange, and nothing changed.
    [[nodiscard]] Result<void> change(const SlidingWindowSettings& settings, MonoTime now);
    [[nodiscard]] const SlidingWindowSettings& settings() const noexcept { return m_settings; }

private:
    SlidingWindow(const SlidingWindowSettings& settings, MonoTime now);
    void begin(MonoTime now);
    void advance(MonoTime now);
    /// Calls that count at a time within the current segment or later, as if none came.
    [[nodiscard]] std::uint64_t counted(MonoTime now) const noexcept;
    [[nodiscard]] LimitStatus statusFor(std::uint64_t cost, MonoTime now) const;
    /// Until no more than `most` calls count.
    [[nodiscard]] Duration untilAtMost(std::uint64_t most, MonoTime now) const noexcept;
    [[nodiscard]] Duration untilAtMostWeighted(std::uint64_t most, MonoTime now) const noexcept;

    SlidingWindowSettings m_settings;
    SteadyTime m_time;
    Duration m_segment{};
    MonoTime m_segmentEnd;
    // The newest first at m_newest, then the older ones around the ring: one more than the
    // window has segments, since the oldest counts until all of it has left.
    std::vector<std::uint64_t> m_counts;
    std::size_t m_newest = 0;
    std::uint64_t m_total = 0;
};

}  // namespace muster
