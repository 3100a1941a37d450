// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "base/spin_lock.h"
#include "base/thread_slot.h"
#include "protection/pace.h"
#include "protection/steady_time.h"

namespace muster {

/// A pace that many threads read at once and one now and then changes, with the guard of
/// SteadyTime: a reading is a few loads. Thread safety: any thread.
class SharedPace {
public:
    /// The rate must be valid.
    SharedPace(Rate rate, MonoTime now);

    /// Where the pace is. Readings up to kConfirm behind the newest one pass as they are: they
    /// are of threads that were late, and give less than the newest does.
    [[nodiscard]] std::int64_t at(MonoTime now) noexcept;
    /// The pace and the steady time of a reading, for longer calculations.
    struct Place {
        Pace pace;
        MonoTime time;
    };
    [[nodiscard]] Place place(MonoTime now) noexcept;
    void change(Rate rate, MonoTime now) noexcept;

private:
    [[nodiscard]] MonoTime steady(MonoTime now) noexcept;
    [[nodiscard]] MonoTime slowSteady(MonoTime now) noexcept;
    [[nodiscard]] Pace pace() const noexcept;
    void publish() noexcept;  // under the lock

    // Readers: a version that is odd while the words behind it are being written.
    alignas(kCacheLine) std::atomic<std::uint64_t> m_version{0};
    std::atomic<std::int64_t> m_start{0};
    std::atomic<std::int64_t> m_begin{0};
    std::atomic<std::uint64_t> m_factor{0};
    std::atomic<unsigned> m_shift{0};
    std::atomic<std::int64_t> m_offset{0};
    // The newest reading, to a millisecond: not written by each.
    std::atomic<std::int64_t> m_noted;

    SpinLock m_lock;  // guards what follows, and writing what is above
    SteadyTime m_time;
    Pace m_pace;
};

}  // namespace muster
