// SPDX-License-Identifier: Apache-2.0
#include "services/internal/queue_backoff.h"

#include <algorithm>

namespace muster {

namespace {

/// A job can wait for what a call cannot.
constexpr Duration kLongestRetryAfter = std::chrono::hours(24);

}  // namespace

RetryPolicy backoffOf(const QueueSettings& settings)
{
    RetrySettings backoff = settings.backoff;
    backoff.attempts = settings.deliveries;
    backoff.total = kForever;
    backoff.longestRetryAfter = std::max(backoff.longestRetryAfter, kLongestRetryAfter);
    return RetryPolicy::create(backoff).value();
}

RetryDecision nextWait(const RetryPolicy& policy, std::uint32_t attempts, Duration waited,
                       const JobRefusal& refusal, MonoTime now, Rng& chance)
{
    RetryState state{.attempts = attempts, .previous = waited, .total = {}};
    const RetryCause cause{
        .failure = refusal.failure, .ownRejection = false, .retryAfter = refusal.retryAfter};
    return policy.next(state, cause, Deadline{}, now, chance);
}

}  // namespace muster
