// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "protection/retry_policy.h"

namespace muster {

/// What waits between a job's attempts unless a queue says otherwise: 1 s, doubled, 5 min at most.
[[nodiscard]] RetrySettings queueBackoff() noexcept;

/// How a durable queue behaves. All of it can be changed while jobs are in it.
struct QueueSettings {
    std::uint32_t deliveries = 5;               ///< of a job at most, before it is a dead letter
    Duration lease = std::chrono::seconds(30);  ///< how long one taken is held, unless extended
    std::uint64_t jobs = 100'000;               ///< that are not done; more are refused
    std::uint64_t bytes = 256 * 1024 * 1024;    ///< of their payloads, and of the dead letters'
    std::uint64_t unacknowledged = 10'000;      ///< held at once; more are not handed out
    std::uint64_t deadLetters = 10'000;         ///< that wait; then nothing more is handed out
    Duration duplicateWindow = std::chrono::minutes(2);  ///< a key pushed again within is known
    /// Between the attempts; its own number of attempts does not matter.
    RetrySettings backoff = queueBackoff();

    friend bool operator==(const QueueSettings&, const QueueSettings&) = default;
};

inline constexpr std::uint64_t kMostQueueJobs = 10'000'000;
inline constexpr std::uint64_t kMostJobPayload = 1024 * 1024;
inline constexpr std::size_t kMostJobKey = 512;
inline constexpr std::uint64_t kMostJobKeys = 1'000'000;  ///< remembered; then the oldest goes
inline constexpr std::size_t kMostJobHistory = 16;        ///< attempts that a job tells of
inline constexpr std::size_t kMostFailureText = 2048;

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const QueueSettings& settings);

}  // namespace muster
