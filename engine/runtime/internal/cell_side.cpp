// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/cell_side.h"

#include <algorithm>

namespace muster::detail {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

void TimeBuckets::add(Duration time) noexcept
{
    const auto value = static_cast<std::uint64_t>(
                           std::max<std::int64_t>(time.count(), std::int64_t{1} << kFirstBit))
                       << 2;  // room for two bits below the first
    const int width = static_cast<int>(std::bit_width(value));
    const auto octave = static_cast<std::size_t>(width - kFirstBit - 3);
    const auto part = static_cast<std::size_t>((value >> (width - 3)) & 3);
    auto& count = m_counts[std::min(octave * 4 + part, kBuckets - 1)];
    const std::uint16_t before = count.load(kRelaxed);
    if (before != UINT16_MAX) {
        count.store(static_cast<std::uint16_t>(before + 1), kRelaxed);
    }
}

void TimeBuckets::clear() noexcept
{
    for (auto& count : m_counts) {
        count.store(0, kRelaxed);
    }
}

std::optional<Duration> TimeBuckets::quantile(double share) const noexcept
{
    std::array<std::uint16_t, kBuckets> counts;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        counts[i] = m_counts[i].load(kRelaxed);
        total += counts[i];
    }
    if (total == 0) {
        return std::nullopt;
    }
    const auto wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(share * static_cast<double>(total) + 0.5));
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    while (bucket + 1 < kBuckets && (seen += counts[bucket]) < wanted) {
        ++bucket;
    }
    const std::int64_t base = std::int64_t{1} << (kFirstBit + static_cast<int>(bucket / 4));
    const std::int64_t step = base / 4;
    return Duration(base + static_cast<std::int64_t>(bucket % 4) * step + step / 2);
}

void RecentMessages::add(const Entry& entry) noexcept
{
    const std::uint32_t number = m_next.load(kRelaxed);
    Place& place = m_places[number % kKept];
    const std::uint32_t version = place.version.load(kRelaxed);
    place.version.store(version + 1, std::memory_order_seq_cst);
    place.at.store(entry.at.nanoseconds, std::memory_order_release);
    place.handling.store(entry.handling.count(), std::memory_order_release);
    place.type.store(entry.type, std::memory_order_release);
    place.failed.store(entry.failed, std::memory_order_release);
    place.version.store(version + 2, std::memory_order_release);
    m_next.store(number + 1, std::memory_order_release);
}

void RecentMessages::clear() noexcept
{
    m_next.store(0, std::memory_order_release);
}

std::optional<RecentMessages::Entry> RecentMessages::read(std::size_t n) const noexcept
{
    const std::uint32_t next = m_next.load(std::memory_order_acquire);
    if (n >= std::min<std::size_t>(next, kKept)) {
        return std::nullopt;
    }
    const Place& place = m_places[(next - 1 - n) % kKept];
    const std::uint32_t before = place.version.load(std::memory_order_acquire);
    const Entry entry{MonoTime{place.at.load(std::memory_order_acquire)},
                      place.type.load(std::memory_order_acquire),
                      Duration(place.handling.load(std::memory_order_acquire)),
                      place.failed.load(std::memory_order_acquire)};
    const bool whole = before % 2 == 0 && place.version.load(std::memory_order_acquire) == before;
    return whole && entry.type != nullptr ? std::optional(entry) : std::nullopt;
}

}  // namespace muster::detail
