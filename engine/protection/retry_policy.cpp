// SPDX-License-Identifier: Apache-2.0
#include "protection/retry_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

constexpr std::uint32_t kMostAttempts = 1000;

Error wrong(std::string message, std::string where, std::string advice)
{
    return {ErrorCode::outOfRange, std::move(message), std::move(where), std::move(advice)};
}

/// Uniform in [least, most]; both are not negative.
Duration between(Duration least, Duration most, Rng& rng)
{
    const auto span = static_cast<std::uint64_t>((most - least).count());
    return least + Duration{static_cast<std::int64_t>(rng.below(span + 1))};
}

}  // namespace

Result<void> validate(const RetrySettings& settings)
{
    if (settings.attempts == 0 || settings.attempts > kMostAttempts) {
        return wrong(fmt::format("{} attempts are not in range", settings.attempts), "attempts",
                     fmt::format("Name 1 to {}; the first counts", kMostAttempts));
    }
    if (settings.base < Duration{}) {
        return wrong("a wait cannot be negative", "base", "Name 0 to try again at once");
    }
    if (settings.cap < settings.base) {
        return wrong("the longest wait is shorter than the first", "cap",
                     "Name a cap that is not below the base");
    }
    if (!(settings.factor >= 1 && settings.factor <= 1000)) {
        return wrong(fmt::format("a factor of {} is not in range", settings.factor), "factor",
                     "Name a factor of 1 to 1000");
    }
    if (settings.total <= Duration{} || settings.longestRetryAfter < Duration{}) {
        return wrong("a call needs some time", "total", "Name a time above 0");
    }
    for (const ClassRetry& rule : settings.classes) {
        if (rule.attempts == 0U) {
            return wrong("no attempt is none", "classes", "Name 1 attempt to try it only once");
        }
    }
    return {};
}

std::string_view toString(RetryStop stop) noexcept
{
    switch (stop) {
        case RetryStop::none:
            return "none";
        case RetryStop::attemptsUsed:
            return "attempts_used";
        case RetryStop::notRetried:
            return "not_retried";
        case RetryStop::retryAfterTooLong:
            return "retry_after_too_long";
        case RetryStop::totalTime:
            return "total_time";
        case RetryStop::deadline:
            return "deadline";
        case RetryStop::budget:
            return "budget";
    }
    return "";
}

Result<RetryPolicy> RetryPolicy::create(const RetrySettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return RetryPolicy(settings);
}

RetryState RetryPolicy::begin(MonoTime now) const noexcept
{
    RetryState state;
    if (m_settings.total != kForever) {
        state.total = Deadline(now, m_settings.total);
    }
    return state;
}

RetryStop RetryPolicy::stops(const RetryState& state, const RetryCause& cause) const noexcept
{
    std::uint32_t attempts = m_settings.attempts;
    if (cause.ownRejection) {
        if (!m_settings.ownRejections) {
            return RetryStop::notRetried;
        }
    } else {
        if (cause.failure == FailureClass::ignored) {
            return RetryStop::notRetried;
        }
        const ClassRetry& rule = m_settings.classes[static_cast<std::size_t>(cause.failure)];
        if (!rule.retried) {
            return RetryStop::notRetried;
        }
        attempts = std::min(attempts, rule.attempts.value_or(attempts));
    }
    return state.attempts >= attempts ? RetryStop::attemptsUsed : RetryStop::none;
}

RetryDecision RetryPolicy::next(RetryState& state, const RetryCause& cause,
                                const Deadline& deadline, MonoTime now, Rng& rng) const
{
    if (const RetryStop stop = stops(state, cause); stop != RetryStop::none) {
        return {stop, Duration{}};
    }
    const Duration own = backoff(state, rng);
    const Duration wait = honour(own, cause);
    const bool asked = m_settings.retryAfter != RetrySettings::RetryAfter::ignored;
    if (asked && cause.retryAfter && *cause.retryAfter > m_settings.longestRetryAfter) {
        return {RetryStop::retryAfterTooLong, Duration{}};
    }
    if (deadline.exists() && wait >= deadline.remaining(now)) {
        return {RetryStop::deadline, Duration{}};
    }
    if (state.total.exists() && wait >= state.total.remaining(now)) {
        return {RetryStop::totalTime, Duration{}};
    }
    ++state.attempts;
    state.previous = own;
    return {RetryStop::none, wait};
}

Duration RetryPolicy::honour(Duration wait, const RetryCause& cause) const noexcept
{
    if (!cause.retryAfter) {
        return wait;
    }
    const Duration asked = std::max(*cause.retryAfter, Duration{});
    switch (m_settings.retryAfter) {
        case RetrySettings::RetryAfter::atLeast:
            return std::max(wait, asked);
        case RetrySettings::RetryAfter::instead:
            return asked;
        case RetrySettings::RetryAfter::ignored:
            break;
    }
    return wait;
}

Duration RetryPolicy::jittered(Duration wait, Rng& rng) const
{
    switch (m_settings.jitter) {
        case RetrySettings::Jitter::none:
            break;
        case RetrySettings::Jitter::full:
            return between(Duration{}, wait, rng);
        case RetrySettings::Jitter::equal:
            return between(wait / 2, wait, rng);
    }
    return wait;
}

Duration RetryPolicy::backoff(const RetryState& state, Rng& rng) const
{
    Duration wait = m_settings.base;
    switch (m_settings.backoff) {
        case RetrySettings::Backoff::fixed:
            break;
        case RetrySettings::Backoff::linear:
            wait = Duration{saturatingMultiply(wait.count(), state.attempts)};
            break;
        case RetrySettings::Backoff::exponential:
            wait = saturatingScale(wait, std::pow(m_settings.factor, state.attempts - 1));
            break;
        case RetrySettings::Backoff::decorrelated: {
            const Duration most{saturatingMultiply(state.previous.count(), 3)};
            return std::min(between(wait, std::max(wait, most), rng), m_settings.cap);
        }
    }
    if (m_settings.capped == RetrySettings::Cap::beforeJitter) {
        wait = std::min(wait, m_settings.cap);
    }
    return std::min(jittered(wait, rng), m_settings.cap);
}

}  // namespace muster
