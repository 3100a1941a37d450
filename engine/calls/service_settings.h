// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "protection/adaptive_limit.h"
#include "protection/breaker_settings.h"
#include "protection/bulkhead.h"
#include "protection/cycle_limiter.h"
#include "protection/gcra_table.h"
#include "protection/retry_budget.h"
#include "protection/retry_policy.h"
#include "protection/sliding_window.h"
#include "protection/token_bucket.h"

namespace muster {

/// The whole rate for each agent that calls, or for each action.
struct KeyedLimiterSettings {
    enum class By : std::uint8_t { agent, action };

    GcraTableSettings table;
    By by = By::agent;

    friend bool operator==(const KeyedLimiterSettings&, const KeyedLimiterSettings&) = default;
};

struct LimiterSettings {
    std::variant<TokenBucketSettings, SlidingWindowSettings, CycleLimiterSettings,
                 KeyedLimiterSettings>
        kind;
    /// For a token, or for a cycle to come; none: a call that has none is rejected at once. The
    /// other kinds promise nothing, so nothing waits for them.
    Duration longestWait{};

    [[nodiscard]] TokenBucketSettings& bucket() { return std::get<TokenBucketSettings>(kind); }
    [[nodiscard]] const TokenBucketSettings& bucket() const
    {
        return std::get<TokenBucketSettings>(kind);
    }
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
