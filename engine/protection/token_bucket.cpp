// SPDX-License-Identifier: Apache-2.0
#include "protection/token_bucket.h"

#include <algorithm>

namespace muster {
namespace {

std::int64_t asUnits(std::uint64_t tokens) noexcept
{
    return static_cast<std::int64_t>(tokens) * Pace::kUnit;
}

Result<void> validate(const TokenBucketSettings& settings)
{
    if (auto rate = validate(settings.rate); !rate.ok()) {
        return rate;
    }
    return validateBurst(settings.burst);
}

}  // namespace

Result<TokenBucket> TokenBucket::create(const TokenBucketSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return TokenBucket(settings, now);
}

TokenBucket::TokenBucket(const TokenBucketSettings& settings, MonoTime now)
    : m_settings(settings),
      m_pace(settings.rate, m_time.at(now)),
      m_burstUnits(asUnits(settings.burst)),
      m_spent(-asUnits(std::min(settings.initial.value_or(settings.burst), settings.burst))),
      m_lastMark(0)
{
}

std::int64_t TokenBucket::spentFrom(std::int64_t here) const noexcept
{
    return std::max(m_spent, saturatingSubtract(here, m_burstUnits));
}

Result<LimitAnswer> TokenBucket::tryTake(std::uint64_t cost, MonoTime now)
{
    if (cost > m_settings.burst) {
        return costTooHigh(cost, m_settings.burst);
    }
    const MonoTime time = m_time.at(now);
    const std::int64_t here = m_pace.at(time);
    const std::int64_t spent = saturatingAdd(spentFrom(here), asUnits(cost));
    if (spent > here) {
        return LimitAnswer{false, m_pace.until(spent, time)};
    }
    m_spent = spent;
    m_lastMark = here;
    return LimitAnswer{true, Duration{}};
}

Result<Reservation> TokenBucket::reserve(std::uint64_t cost, Duration longest, MonoTime now)
{
    if (cost > m_settings.burst) {
        return costTooHigh(cost, m_settings.burst);
    }
    const MonoTime time = m_time.at(now);
    const std::int64_t here = m_pace.at(time);
    const std::int64_t spent = saturatingAdd(spentFrom(here), asUnits(cost));
    Reservation reservation{false, m_pace.until(spent, time), cost, std::max(spent, here), 0};
    if (reservation.wait <= longest && reservation.wait != kForever) {
        reservation.granted = true;
        m_spent = spent;
        m_lastMark = reservation.mark;
    }
    return reservation;
}

void TokenBucket::cancel(const Reservation& reservation, MonoTime now)
{
    const std::int64_t here = m_pace.at(m_time.at(now));
    if (!reservation.granted || here > reservation.mark) {
        return;
    }
    const std::int64_t promisedLater = m_lastMark - reservation.mark;
    const std::int64_t back = asUnits(reservation.cost) - promisedLater;
    if (back <= 0) {
        return;
    }
    m_spent -= back;
    const std::int64_t before = reservation.mark - asUnits(reservation.cost);
    if (reservation.mark == m_lastMark && before >= here) {
        m_lastMark = before;
    }
}

LimitStatus TokenBucket::status(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    const std::int64_t here = m_pace.at(time);
    const std::int64_t spent = spentFrom(here);
    LimitStatus status;
    status.limit = m_settings.burst;
    status.remaining = static_cast<std::uint64_t>(std::max<std::int64_t>(0, here - spent)) /
                       static_cast<std::uint64_t>(Pace::kUnit);
    status.admitted = status.remaining > 0;
    status.retryAfter = m_pace.until(saturatingAdd(spent, Pace::kUnit), time);
    status.resetAfter = m_pace.until(saturatingAdd(spent, m_burstUnits), time);
    return status;
}

Result<void> TokenBucket::change(const TokenBucketSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    const MonoTime time = m_time.at(now);
    m_spent = spentFrom(m_pace.at(time));
    m_pace.change(settings.rate, time);
    m_settings = settings;
    m_burstUnits = asUnits(settings.burst);
    return {};
}

}  // namespace muster
