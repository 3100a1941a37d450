// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "protection/adaptive_limit.h"
#include "protection/breaker_settings.h"
#include "protection/bulkhead.h"
#include "protection/retry_budget.h"
#include "protection/retry_policy.h"
#include "protection/token_bucket.h"

namespace muster {

struct LimiterSettings {
    TokenBucketSettings bucket;
    Duration longestWait{};  ///< for a token; none: a call that has none is rejected at once

    friend bool operator==(const LimiterSettings&, const LimiterSettings&) = default;
};

/// What protects the calls of one service. A stage that is not there lets everything pass.
struct ServiceSettings {
    Duration deadline = kForever;  ///< of a whole call, its retries and waits included
    std::optional<RetrySettings> retry;
    RetryBudgetSettings budget;  ///< of the retries
    std::optional<LimiterSettings> limiter;
    std::optional<BreakerSettings> breaker;
    std::optional<BulkheadSettings> bulkhead;
    /// Finds out `bulkhead.concurrent` by itself; without a bulkhead, in one without a queue.
    std::optional<AdaptiveSettings> adaptive;

    friend bool operator==(const ServiceSettings&, const ServiceSettings&) = default;
};

/// Errors: outOfRange, with the key in `where` ("breaker.window.length").
[[nodiscard]] Result<void> validate(const ServiceSettings& settings);

}  // namespace muster
