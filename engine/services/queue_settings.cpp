// SPDX-License-Identifier: Apache-2.0
#include "services/queue_settings.h"

#include <fmt/format.h>

namespace muster {

namespace {

constexpr std::uint32_t kMostDeliveries = 1000;
constexpr Duration kShortestLease = std::chrono::milliseconds(10);
constexpr Duration kLongestLease = std::chrono::hours(24);

Error wrong(std::string message, std::string where, std::string advice)
{
    return {ErrorCode::outOfRange, std::move(message), std::move(where), std::move(advice)};
}

}  // namespace

RetrySettings queueBackoff() noexcept
{
    RetrySettings backoff;
    backoff.base = std::chrono::seconds(1);
    backoff.cap = std::chrono::minutes(5);
    return backoff;
}

Result<void> validate(const QueueSettings& settings)
{
    if (settings.deliveries == 0 || settings.deliveries > kMostDeliveries) {
        return wrong(fmt::format("{} deliveries are not in range", settings.deliveries),
                     "deliveries", fmt::format("Name 1 to {}", kMostDeliveries));
    }
    if (settings.lease < kShortestLease || settings.lease > kLongestLease) {
        return wrong("the lease is not in range", "lease", "Name 10ms to 24h");
    }
    if (settings.jobs == 0 || settings.jobs > kMostQueueJobs) {
        return wrong(fmt::format("a bound of {} jobs is not in range", settings.jobs), "jobs",
                     fmt::format("Name 1 to {}", kMostQueueJobs));
    }
    if (settings.bytes == 0) {
        return wrong("a queue of no bytes holds nothing", "bytes", "Name a size above 0");
    }
    if (settings.unacknowledged == 0) {
        return wrong("nothing could be handed out", "unacknowledged", "Name 1 or more");
    }
    if (settings.deadLetters == 0 || settings.deadLetters > kMostQueueJobs) {
        return wrong("a bound on dead letters that is not in range", "dead_letters",
                     fmt::format("Name 1 to {}", kMostQueueJobs));
    }
    if (settings.duplicateWindow < Duration::zero()) {
        return wrong("a window cannot be negative", "duplicate_window",
                     "Name 0s to take every job as a new one");
    }
    if (auto done = validate(settings.backoff); !done) {
        Error error = done.error();
        error.where = "backoff." + error.where;
        return error;
    }
    return {};
}

}  // namespace muster
