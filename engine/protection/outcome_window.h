// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "protection/breaker_settings.h"

namespace muster {

/// Outcomes, counted.
struct CallTally {
    std::uint32_t calls = 0;
    std::uint32_t slow = 0;
    std::array<std::uint32_t, kFailureClasses> failures{};

    [[nodiscard]] std::uint32_t failed() const noexcept
    {
        return failures[0] + failures[1] + failures[2] + failures[3];
    }
    CallTally& operator+=(const CallTally& other) noexcept;
    CallTally& operator-=(const CallTally& other) noexcept;
    friend bool operator==(const CallTally&, const CallTally&) = default;
};

/// One outcome that counts.
struct CountedCall {
    static constexpr std::uint8_t kSucceeded = kFailureClasses;

    std::uint8_t failure = kSucceeded;  ///< the FailureClass, or kSucceeded
    bool slow = false;

    void addTo(CallTally& tally) const noexcept
    {
        ++tally.calls;
        tally.slow += slow ? 1 : 0;
        if (failure != kSucceeded) {
            ++tally.failures[failure];
        }
    }
};

/// The last outcomes, by count or by time, and their sum. Memory is bounded by the settings. The
/// steps of a window by time lie at multiples of their length: what it holds depends on nothing
/// that happened before it, so that a log of which only the end is left is told again exactly.
/// Pure; the times are steady. Thread safety: one thread at a time.
class OutcomeWindow {
public:
    /// The settings must be valid.
    explicit OutcomeWindow(const BreakerWindow& settings);

    void add(CountedCall call, MonoTime now)
    {
        if (m_settings.kind == BreakerWindow::Kind::count) {
            addToRing(call);
            return;
        }
        advance(now);
        call.addTo(m_buckets[m_newest]);
        call.addTo(m_sum);
    }
    /// What add() left there; outcomes may have left the window since.
    [[nodiscard]] const CallTally& sum() const noexcept { return m_sum; }
    [[nodiscard]] const CallTally& sum(MonoTime now)
    {
        advance(now);
        return m_sum;
    }
    void clear() noexcept;
    /// Another shape with what was counted, scaled down if it holds fewer. Of a window by time
    /// it is as if all had come now.
    void reshape(const BreakerWindow& settings, MonoTime now);

private:
    void addToRing(CountedCall call);
    void advance(MonoTime now)
    {
        if (now >= m_bucketEnd && m_settings.kind == BreakerWindow::Kind::time) {
            turn(now);
        }
    }
    void turn(MonoTime now);
    void addAll(const CallTally& tally);

    BreakerWindow m_settings;
    CallTally m_sum;
    std::size_t m_newest = 0;
    // By time.
    Duration m_bucket;
    MonoTime m_bucketEnd;
    std::vector<CallTally> m_buckets;
    // By count: a ring that is full once it has as many as the settings say.
    std::vector<CountedCall> m_calls;
};

}  // namespace muster
