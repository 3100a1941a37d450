// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace muster {

/// Arrivals with even spaces between: the i-th of n is at first + span · i / (n − 1).
struct ArrivalRun {
    Duration first{};         ///< since the beginning of what it is part of
    Duration span{};          ///< from its first to its last; 0: all at once
    std::uint64_t count = 0;  ///< at least 1

    [[nodiscard]] Duration at(std::uint64_t place) const noexcept;
    [[nodiscard]] Duration last() const noexcept { return first + span; }

    friend bool operator==(const ArrivalRun&, const ArrivalRun&) = default;
};

/// Packed runs of arrivals, in their order; can be read by itself.
struct ArrivalBlock {
    MonoTime begin;              ///< what its runs count from
    std::uint64_t before = 0;    ///< arrivals logged before it
    std::uint64_t arrivals = 0;  ///< in it
    std::uint64_t lost = 0;      ///< arrivals before it that found no room
    std::string data;

    friend bool operator==(const ArrivalBlock&, const ArrivalBlock&) = default;
};

/// The runs of a block, how far one of its arrivals may be from where it was, and of which model.
struct UnpackedArrivals {
    std::vector<ArrivalRun> runs;
    Duration tolerance{};
    bool closed = false;
};
/// Empty if it is damaged.
[[nodiscard]] std::optional<UnpackedArrivals> unpack(const ArrivalBlock& block);

/// Every arrival of a load at the cost of some bytes for each change of its pace: what comes is
/// joined to the run before as long as no arrival of it is thereby moved by more than the
/// tolerance (the swing filter of Elmeleegy and others, 2009). Blocks wait for take(); what finds
/// no room is lost and counted.
/// Thread safety: one thread at a time.
class ArrivalLog {
public:
    static constexpr std::size_t kBlockBytes = 8192;
    static constexpr std::size_t kMostBlocks = 64;
    /// Of an open load, whose arrivals are planned to the nanosecond.
    static constexpr Duration kOpenTolerance = std::chrono::nanoseconds(500);
    /// Of a closed one: its users' next jobs come with the generator's beats, a millisecond apart.
    static constexpr Duration kClosedTolerance = std::chrono::milliseconds(1);

    explicit ArrivalLog(bool closed = false)
        : m_closed(closed), m_tolerance(closed ? kClosedTolerance : kOpenTolerance)
    {
    }

    /// `count` arrivals, evenly from `first` on over `span`; none before those added earlier.
    void add(MonoTime first, Duration span, std::uint64_t count);
    /// Blocks that are full, or all there is.
    [[nodiscard]] std::vector<ArrivalBlock> take(bool all);

private:
    [[nodiscard]] bool joins(MonoTime first, Duration span, std::uint64_t count);
    /// Whether the line from the run's first arrival still meets one at `at`, `place` after it.
    [[nodiscard]] bool narrow(MonoTime at, std::uint64_t place);
    void endRun();
    void write(MonoTime first, Duration span, std::uint64_t count);

    bool m_closed;
    Duration m_tolerance;

    MonoTime m_first;           // of the run that grows
    Duration m_span{};          // as long as it is as it was added
    std::uint64_t m_count = 0;  // 0: there is none
    bool m_joined = false;      // more than what was added at once
    double m_low = 0;           // slopes that keep all of it within the tolerance
    double m_high = 0;

    ArrivalBlock m_open;
    MonoTime m_last;  // first arrival of the last run in m_open
    std::uint64_t m_before = 0;
    std::uint64_t m_lost = 0;
    std::vector<ArrivalBlock> m_full;
};

/// How many of a run's arrivals are before `time`.
[[nodiscard]] std::uint64_t countBefore(const ArrivalRun& run, Duration time) noexcept;
/// Those in [from, to), counted from `from`.
[[nodiscard]] std::vector<ArrivalRun> cut(const std::vector<ArrivalRun>& runs, Duration from,
                                          Duration to);
/// At `factor` times the rate: the k-th arrival is where the (k / factor)-th was, on the straight
/// way between the two it lies between. With 1 nothing changes. `length` is the whole stretch,
/// which none leaves.
[[nodiscard]] std::vector<ArrivalRun> scaled(const std::vector<ArrivalRun>& runs, double factor,
                                             Duration length);
[[nodiscard]] std::uint64_t arrivalsOf(const std::vector<ArrivalRun>& runs) noexcept;
/// How many there are in each of `buckets` equal parts of `length`.
[[nodiscard]] std::vector<std::uint64_t> countIn(const std::vector<ArrivalRun>& runs,
                                                 Duration length, std::size_t buckets);

}  // namespace muster
