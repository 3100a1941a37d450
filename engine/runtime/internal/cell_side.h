// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/rng.h"
#include "runtime/internal/priority_lanes.h"
#include "runtime/message.h"

namespace muster::detail {

/// Handling times of one agent in 128 buckets, four to a power of two from 64 ns up; saturating.
/// Thread safety: one writer, any readers.
class TimeBuckets {
public:
    void add(Duration time) noexcept;
    void clear() noexcept;
    /// Middle of the bucket at or below which the share lies; empty without samples.
    [[nodiscard]] std::optional<Duration> quantile(double share) const noexcept;

private:
    static constexpr std::size_t kBuckets = 128;
    static constexpr int kFirstBit = 6;
    std::array<std::atomic<std::uint16_t>, kBuckets> m_counts{};
};

/// The last few messages whose time was taken. Thread safety: one writer, any readers; a reader
/// skips an entry that changes under its eyes.
class RecentMessages {
public:
    static constexpr std::size_t kKept = 8;
    struct Entry {
        MonoTime at;
        const MessageType* type;
        Duration handling{};
        bool failed;
    };

    void add(const Entry& entry) noexcept;
    void clear() noexcept;
    /// The n-th newest.
    [[nodiscard]] std::optional<Entry> read(std::size_t n) const noexcept;

private:
    struct Place {
        std::atomic<std::uint32_t> version{0};  // odd while it is written
        std::atomic<bool> failed{false};
        std::atomic<std::int64_t> at{0};
        std::atomic<std::int64_t> handling{0};
        std::atomic<const MessageType*> type{nullptr};
    };
    std::atomic<std::uint32_t> m_next{0};
    std::array<Place, kKept> m_places{};
};

/// What few agents need: made when first needed, then stays with the slot for the next agent,
/// so that readers of the directory never hold something freed.
struct CellSide {
    TimeBuckets times;
    RecentMessages recent;
    PriorityLanes lanes;     ///< the agent's worker only
    std::optional<Rng> rng;  ///< the agent's worker only

    void clear() noexcept
    {
        times.clear();
        recent.clear();
        rng.reset();
    }
};

}  // namespace muster::detail
