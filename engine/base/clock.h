// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace muster {

using Duration = std::chrono::nanoseconds;

/// Ticks of the injected monotonic clock since an unspecified start; never goes back.
struct MonoTime {
    std::int64_t nanoseconds = 0;

    friend auto operator<=>(const MonoTime&, const MonoTime&) = default;
    friend MonoTime operator+(MonoTime t, Duration d) { return {t.nanoseconds + d.count()}; }
    friend MonoTime operator-(MonoTime t, Duration d) { return {t.nanoseconds - d.count()}; }
    friend Duration operator-(MonoTime a, MonoTime b)
    {
        return Duration{a.nanoseconds - b.nanoseconds};
    }
};

/// Nanoseconds since 1970-01-01T00:00:00Z: for display, records and calendars only.
struct WallTime {
    std::int64_t nanoseconds = 0;

    friend auto operator<=>(const WallTime&, const WallTime&) = default;
    friend WallTime operator+(WallTime t, Duration d) { return {t.nanoseconds + d.count()}; }
    friend WallTime operator-(WallTime t, Duration d) { return {t.nanoseconds - d.count()}; }
    friend Duration operator-(WallTime a, WallTime b)
    {
        return Duration{a.nanoseconds - b.nanoseconds};
    }
};

/// ISO 8601 in UTC, "2026-11-20T14:02:03.123456789Z".
[[nodiscard]] std::string toString(WallTime time);

/// The only source of time. Thread safety: every function from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual MonoTime now() const noexcept = 0;
    [[nodiscard]] virtual WallTime wall() const noexcept = 0;
};

/// The machine's clocks.
[[nodiscard]] std::shared_ptr<Clock> systemClock();

/// The machine's clocks, whose wall time can be made to jump: a fault to be injected.
class JumpingClock final : public Clock {
public:
    [[nodiscard]] MonoTime now() const noexcept override;
    [[nodiscard]] WallTime wall() const noexcept override;
    void jumpWall(Duration by) noexcept
    {
        m_wallOffset.fetch_add(by.count(), std::memory_order_relaxed);
    }

private:
    std::atomic<std::int64_t> m_wallOffset{0};
};

/// Stands still until moved: for tests and for simulation. Wall time starts at
/// kSimulationEpoch and moves with monotonic time; setWall() jumps it alone.
class ManualClock final : public Clock {
public:
    /// 2026-01-01T00:00:00Z.
    static constexpr WallTime kSimulationEpoch{1'767'225'600'000'000'000};

    [[nodiscard]] MonoTime now() const noexcept override
    {
        return {m_now.load(std::memory_order_acquire)};
    }
    [[nodiscard]] WallTime wall() const noexcept override
    {
        return {m_now.load(std::memory_order_acquire) +
                m_wallOffset.load(std::memory_order_acquire)};
    }
    void advance(Duration by) noexcept { m_now.fetch_add(by.count(), std::memory_order_acq_rel); }
    /// Ignores a time before now().
    void advanceTo(MonoTime time) noexcept
    {
        if (time.nanoseconds > m_now.load(std::memory_order_acquire)) {
            m_now.store(time.nanoseconds, std::memory_order_release);
        }
    }
    void setWall(WallTime wall) noexcept
    {
        m_wallOffset.store(wall.nanoseconds - m_now.load(std::memory_order_acquire),
                           std::memory_order_release);
    }

private:
    std::atomic<std::int64_t> m_now{0};
    std::atomic<std::int64_t> m_wallOffset{kSimulationEpoch.nanoseconds};
};

}  // namespace muster
