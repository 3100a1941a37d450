// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include "base/result.h"
#include "base/rng.h"
#include "protection/deadline.h"
#include "protection/failure_class.h"

namespace muster {

/// Whether failures of a class are tried again.
struct ClassRetry {
    bool retried = true;
    std::optional<std::uint32_t> attempts;  ///< fewer than those of all; counts the first

    friend bool operator==(const ClassRetry&, const ClassRetry&) = default;
};

struct RetrySettings {
    enum class Backoff : std::uint8_t { fixed, linear, exponential, decorrelated };
    enum class Jitter : std::uint8_t { none, full, equal };  ///< decorrelated has its own
    enum class Cap : std::uint8_t { afterJitter, beforeJitter };
    /// What the wait that a server asks for does to ours.
    enum class RetryAfter : std::uint8_t { atLeast, instead, ignored };

    std::uint32_t attempts = 3;  ///< includes the first
    Backoff backoff = Backoff::exponential;
    Duration base = std::chrono::milliseconds(100);
    double factor = 2;  ///< of the exponential
    Duration cap = std::chrono::seconds(2);
    Jitter jitter = Jitter::full;
    Cap capped = Cap::afterJitter;
    RetryAfter retryAfter = RetryAfter::atLeast;
    Duration longestRetryAfter = std::chrono::minutes(1);  ///< asked for more, it gives up
    Duration total = kForever;                             ///< for all attempts and waits together
    bool ownRejections = true;  ///< those of our own breaker, limiter and bulkhead too
    std::array<ClassRetry, kFailureClasses> classes;

    friend bool operator==(const RetrySettings&, const RetrySettings&) = default;
};

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const RetrySettings& settings);

/// Why an attempt failed.
struct RetryCause {
    FailureClass failure = FailureClass::ignored;
    bool ownRejection = false;           ///< it never reached the dependency
    std::optional<Duration> retryAfter;  ///< asked for by the server, or known of our breaker
};

enum class RetryStop : std::uint8_t {
    none,
    attemptsUsed,
    notRetried,  ///< its class is not
    retryAfterTooLong,
    totalTime,
    deadline,
    budget,  ///< for who asks a RetryBudget
};

[[nodiscard]] std::string_view toString(RetryStop stop) noexcept;

struct RetryDecision {
    RetryStop stop = RetryStop::none;  ///< none: try again
    Duration wait{};                   ///< before that
};

/// How far a call has come with its attempts. A value; belongs to the call.
struct RetryState {
    std::uint32_t attempts = 1;
    Duration previous{};  ///< wait
    Deadline total;
};

/// Says whether and when a failed attempt is made again. A wait that would reach the deadline is
/// not begun. Semantics of resilience4j and Polly; decorrelated jitter after Brooker,
/// "Exponential Backoff And Jitter", AWS 2015.
/// Pure: chance is passed in. Thread safety: any thread.
class RetryPolicy {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<RetryPolicy> create(const RetrySettings& settings);

    /// Before a call's first attempt.
    [[nodiscard]] RetryState begin(MonoTime now) const noexcept;
    /// After a failed attempt. Takes the next one into the state if it is to be made.
    [[nodiscard]] RetryDecision next(RetryState& state, const RetryCause& cause,
                                     const Deadline& deadline, MonoTime now, Rng& rng) const;
    [[nodiscard]] const RetrySettings& settings() const noexcept { return m_settings; }

private:
    explicit RetryPolicy(const RetrySettings& settings) : m_settings(settings) {}
    [[nodiscard]] RetryStop stops(const RetryState& state, const RetryCause& cause) const noexcept;
    [[nodiscard]] Duration backoff(const RetryState& state, Rng& rng) const;
    [[nodiscard]] Duration jittered(Duration wait, Rng& rng) const;
    [[nodiscard]] Duration honour(Duration wait, const RetryCause& cause) const noexcept;

    RetrySettings m_settings;
};

}  // namespace muster
