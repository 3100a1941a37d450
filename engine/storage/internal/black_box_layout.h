// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace muster::box {

/// A black box as it lies in its file: the head, who crashed, then the segments of each lane, all
/// at fixed places. A lane fills one segment after the other and, at its end, the oldest anew. A
/// segment's `used` counts only whole records, each with its checksum. Machine byte order: a box
/// is read where it was made, or on a machine of the same kind.
inline constexpr std::string_view kMagic = "MUSTRBOX";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeadBytes = 16'384;
inline constexpr std::size_t kCrashBytes = 32'768;
inline constexpr std::size_t kSegmentsAt = kHeadBytes + kCrashBytes;
inline constexpr std::uint32_t kSegments = 4;  ///< of each lane: three quarters stay at least

/// What a box keeps apart, so that much of one does not push out the other.
enum class Lane : std::uint8_t { urgent, routine, metrics, count };
inline constexpr auto kLanes = static_cast<std::size_t>(Lane::count);

inline constexpr std::uint64_t kMostSegment = std::uint64_t{256} * 1024 * 1024;

struct Head {
    std::array<char, 8> magic;
    std::uint32_t version;
    std::uint32_t process;
    std::array<std::uint64_t, kLanes> segmentBytes;
    std::uint64_t infoBytes;  ///< of the run as JSON, right after the head
};

/// Written by a signal handler, the text after it by backtrace_symbols_fd.
struct CrashHead {
    std::int32_t signal;  ///< 0: none came
    std::array<char, 16> thread;
    std::uint32_t unused;
    std::uint64_t address;  ///< of the fault, where there is one
};

struct SegmentHead {
    std::atomic<std::uint64_t> generation;  ///< rises from 1 within a lane; 0: being begun
    std::atomic<std::uint64_t> used;        ///< bytes of records after this head
};

struct RecordHead {
    std::uint32_t bytes;     ///< of what follows, without padding
    std::uint32_t checksum;  ///< CRC-32 of it
};

/// An event; its type's name and its encoded data follow.
struct EventHead {
    std::int64_t at;
    std::int64_t mono;
    std::uint64_t origin, sequence;
    std::uint64_t causeOrigin, causeSequence;
    std::uint64_t trace, correlation;
    std::uint64_t agent;
    std::uint32_t dataBytes;
    std::uint16_t nameBytes;
    std::uint8_t component;
    std::uint8_t durable;
};

/// A metric's value; its name, labels and buckets follow. A record holds a batch of them.
struct SampleHead {
    std::int64_t at;
    double value;
    std::uint32_t bucketBytes;
    std::uint16_t nameBytes;
    std::uint16_t labelBytes;
};

/// Where the segments of a lane begin.
[[nodiscard]] constexpr std::size_t laneAt(const std::array<std::uint64_t, kLanes>& segmentBytes,
                                           Lane lane)
{
    std::size_t at = kSegmentsAt;
    for (std::size_t before = 0; before < static_cast<std::size_t>(lane); ++before) {
        at += segmentBytes[before] * kSegments;
    }
    return at;
}

[[nodiscard]] constexpr std::size_t padded(std::size_t bytes)
{
    constexpr std::size_t kAlignment = 8;
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace muster::box
