// SPDX-License-Identifier: Apache-2.0
#include "protection/shared_pace.h"

#include <mutex>

namespace muster {
namespace {

constexpr Duration kNoted = std::chrono::milliseconds(1);

}  // namespace

SharedPace::SharedPace(Rate rate, MonoTime now)
    : m_noted(now.nanoseconds), m_pace(rate, m_time.at(now))
{
    publish();
}

void SharedPace::publish() noexcept
{
    const std::uint64_t version = m_version.load(std::memory_order_relaxed);
    m_version.store(version + 1, std::memory_order_release);
    // Each is released, so that a reader that sees one of them sees the odd version too.
    m_start.store(m_pace.m_start.nanoseconds, std::memory_order_release);
    m_begin.store(m_pace.m_begin, std::memory_order_release);
    m_factor.store(m_pace.m_factor, std::memory_order_release);
    m_shift.store(m_pace.m_shift, std::memory_order_release);
    m_offset.store(m_time.offset().count(), std::memory_order_release);
    m_version.store(version + 2, std::memory_order_release);
}

Pace SharedPace::pace() const noexcept
{
    Pace pace;
    for (;;) {
        const std::uint64_t before = m_version.load(std::memory_order_acquire);
        pace.m_start = {m_start.load(std::memory_order_acquire)};
        pace.m_begin = m_begin.load(std::memory_order_acquire);
        pace.m_factor = m_factor.load(std::memory_order_acquire);
        pace.m_shift = m_shift.load(std::memory_order_acquire);
        if (before % 2 == 0 && m_version.load(std::memory_order_relaxed) == before) {
            return pace;
        }
        relaxCore();
    }
}

MonoTime SharedPace::steady(MonoTime now) noexcept
{
    const std::int64_t noted = m_noted.load(std::memory_order_relaxed);
    const std::int64_t ahead = saturatingSubtract(now.nanoseconds, noted);
    if (ahead > kNoted.count() || ahead < -SteadyTime::kConfirm.count()) {
        return slowSteady(now);
    }
    return saturatingAdd(now, Duration{m_offset.load(std::memory_order_acquire)});
}

MonoTime SharedPace::slowSteady(MonoTime now) noexcept
{
    const std::scoped_lock lock(m_lock);
    const Duration before = m_time.offset();
    const MonoTime time = m_time.at(now);
    if (m_time.offset() != before) {
        publish();
    }
    m_noted.store(m_time.newest().nanoseconds, std::memory_order_relaxed);
    return time;
}

std::int64_t SharedPace::at(MonoTime now) noexcept
{
    const MonoTime time = steady(now);
    return pace().at(time);
}

SharedPace::Place SharedPace::place(MonoTime now) noexcept
{
    const MonoTime time = steady(now);
    return {pace(), time};
}

void SharedPace::change(Rate rate, MonoTime now) noexcept
{
    const std::scoped_lock lock(m_lock);
    m_pace.change(rate, m_time.at(now));
    publish();
}

}  // namespace muster
