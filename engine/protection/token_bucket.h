// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "protection/pace.h"
#include "protection/steady_time.h"

namespace muster {

struct TokenBucketSettings {
    Rate rate;
    std::uint64_t burst = 100;
    std::optional<std::uint64_t> initial;  ///< tokens at the start; the whole burst unless said

    friend bool operator==(const TokenBucketSettings&, const TokenBucketSettings&) = default;
};

/// A promise of tokens: act once the wait is over, or cancel it.
struct Reservation {
    bool granted = false;
    Duration wait{};  ///< until it may act; if not granted, how long it would have been

    // The bucket's own: where its tokens end and when it may act, on the bucket's pace.
    std::uint64_t cost = 0;
    std::int64_t mark = 0;
    std::uint64_t number = 0;  ///< for whoever keeps a log of them
};

/// A bucket of tokens that fills at a rate up to its burst. In no span of time does it give more
/// than rate × span + burst. Semantics of golang.org/x/time/rate, exact to a thousandth of a
/// token. Pure. Thread safety: one thread at a time; Guarded<TokenBucket> for many.
class TokenBucket {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<TokenBucket> create(const TokenBucketSettings& settings,
                                                    MonoTime now);

    /// Takes the tokens, or none of them. A denial costs nothing.
    /// Errors: outOfRange for a cost above the burst.
    [[nodiscard]] Result<LimitAnswer> tryTake(std::uint64_t cost, MonoTime now);
    /// Takes tokens of the future, unless the wait for them would be longer than `longest`: for
    /// a wait with a deadline that is what remains of it. Errors: as tryTake().
    [[nodiscard]] Result<Reservation> reserve(std::uint64_t cost, Duration longest, MonoTime now);
    /// Gives back those of a reservation's tokens that are not promised to later ones; none once
    /// it may have acted. To be called at most once for each.
    void cancel(const Reservation& reservation, MonoTime now);

    /// What it would answer now.
    [[nodiscard]] LimitStatus status(MonoTime now);
    /// Keeps the fill; a burst below it spills the rest. `initial` has no meaning here.
    /// Errors: outOfRange, and nothing changed.
    [[nodiscard]] Result<void> change(const TokenBucketSettings& settings, MonoTime now);
    [[nodiscard]] const TokenBucketSettings& settings() const noexcept { return m_settings; }

private:
    TokenBucket(const TokenBucketSettings& settings, MonoTime now);
    /// From where it is spent on when all that overflowed is left out.
    [[nodiscard]] std::int64_t spentFrom(std::int64_t here) const noexcept;

    TokenBucketSettings m_settings;
    SteadyTime m_time;
    Pace m_pace;
    std::int64_t m_burstUnits;
    std::int64_t m_spent;     // on the pace: what lies between it and now are the tokens
    std::int64_t m_lastMark;  // of the newest reservation that was not cancelled
};

}  // namespace muster
