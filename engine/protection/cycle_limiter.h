// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "protection/rate.h"
#include "protection/steady_time.h"

namespace muster {

struct CycleLimiterSettings {
    std::uint64_t permits = 50;  ///< at the start of each cycle
    Duration cycle = std::chrono::seconds(1);
    std::optional<std::uint64_t> burst;  ///< the most that pile up; one cycle's unless said
    Duration longestWait = std::chrono::seconds(5);  ///< for permits of cycles to come

    friend bool operator==(const CycleLimiterSettings&, const CycleLimiterSettings&) = default;
};

/// Permits that come all at once at the start of each cycle and may be reserved out of cycles to
/// come. Cycles in which nobody called do not pile up beyond the burst. Semantics of
/// resilience4j's AtomicRateLimiter.
/// Pure. Thread safety: one thread at a time; Guarded<CycleLimiter> for many.
class CycleLimiter {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<CycleLimiter> create(const CycleLimiterSettings& settings,
                                                     MonoTime now);

    /// Permits of now, or none.
    /// Errors: outOfRange for a cost above what may pile up.
    [[nodiscard]] Result<LimitAnswer> tryTake(std::uint64_t cost, MonoTime now);
    /// Permits of now or, after the wait that it answers, of a cycle to come; refused, with the
    /// wait as retryAfter, if that is longer than the setting and `longest` allow.
    struct Promise {
        bool granted = false;
        Duration wait{};
    };
    [[nodiscard]] Result<Promise> reserve(std::uint64_t cost, Duration longest, MonoTime now);
    [[nodiscard]] LimitStatus status(MonoTime now);
    /// Keeps the permits that are there and those that are promised. With another length, a
    /// cycle begins now. Errors: outOfRange, and nothing changed.
    [[nodiscard]] Result<void> change(const CycleLimiterSettings& settings, MonoTime now);
    [[nodiscard]] const CycleLimiterSettings& settings() const noexcept { return m_settings; }

private:
    CycleLimiter(const CycleLimiterSettings& settings, MonoTime now);
    void advance(MonoTime now);
    [[nodiscard]] std::int64_t most() const noexcept;
    [[nodiscard]] Duration untilPermits(std::int64_t permits, MonoTime now) const noexcept;

    CycleLimiterSettings m_settings;
    SteadyTime m_time;
    MonoTime m_nextCycle;
    std::int64_t m_permits;  // below 0: so many are promised out of cycles to come
};

}  // namespace muster
