// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/atomic.h"
#include "base/thread_slot.h"

namespace muster::detail {

/// Which workers sleep and how many search. Whoever makes work calls wakeOne(), which costs two
/// looks while one searches already: that one finds it. So the last to stop searching has to look
/// once more, and one that goes to sleep looks after it said so. Both sides write before they
/// look, and all in one order, hence one of them sees the other.
/// Thread safety: any thread; a number's functions by that worker.
class Sleepers {
public:
    static constexpr std::uint32_t kMost = 60;

    void beginSearch() noexcept { m_searching.fetch_add(1, std::memory_order_seq_cst); }
    /// True: nobody searches any more, so look whether there is work for one more.
    [[nodiscard]] bool endSearch() noexcept
    {
        return m_searching.fetch_sub(1, std::memory_order_seq_cst) == 1;
    }
    /// Of one that searches: until it is woken, or not at all when there is work or the end has
    /// come. It searches again afterwards.
    template <class AnyWork>
    void sleep(std::uint32_t number, AnyWork anyWork) noexcept
    {
        const std::uint64_t bit = bitOf(number);
        Atomic<std::uint32_t>& wakeWord = m_places[number].wake;
        wakeWord.store(0, std::memory_order_relaxed);
        m_asleep.fetch_or(bit, std::memory_order_seq_cst);
        m_searching.fetch_sub(1, std::memory_order_seq_cst);
        // What came while this worker was still searching woke nobody.
        if (anyWork() && (m_asleep.fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0) {
            m_searching.fetch_add(1, std::memory_order_seq_cst);
            return;
        }
        // Else whoever cleared the bit counts this worker as searching already.
        wakeWord.wait(0, std::memory_order_acquire);
    }

    void wakeOne() noexcept
    {
        if (anyAsleep() && m_searching.load(std::memory_order_seq_cst) == 0) {
            wakeSomebody();
        }
    }
    /// For the end, which anyWork() of sleep() has to see by now.
    void wakeAll(std::uint32_t workers) noexcept;

    [[nodiscard]] bool anyAsleep() const noexcept
    {
        return m_asleep.load(std::memory_order_seq_cst) != 0;
    }
    [[nodiscard]] bool isAsleep(std::uint32_t number) const noexcept
    {
        return (m_asleep.load(std::memory_order_seq_cst) & bitOf(number)) != 0;
    }

private:
    struct alignas(kCacheLine) Place {
        Atomic<std::uint32_t> wake{0};
    };

    [[nodiscard]] static constexpr std::uint64_t bitOf(std::uint32_t number) noexcept
    {
        return std::uint64_t{1} << number;
    }
    void wakeSomebody() noexcept;
    void wake(std::uint32_t number) noexcept;

    alignas(kCacheLine) Atomic<std::uint64_t> m_asleep{0};  ///< one bit a worker
    alignas(kCacheLine) Atomic<std::uint32_t> m_searching{0};
    std::array<Place, kMost> m_places;
};

}  // namespace muster::detail
