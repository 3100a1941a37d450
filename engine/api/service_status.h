// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/known.h"
#include "base/clock.h"

namespace muster {

/// What came to one stage of a service's calls.
struct StageUse {
    std::string stage;  ///< "limiter"
    std::uint64_t passed = 0;
    std::uint64_t rejected = 0;
    Duration time{};  ///< spent in it, by all calls together
};

struct BreakerUse {
    std::string state;        ///< closed, open, half_open, forced_open, disabled, metrics_only
    std::uint64_t calls = 0;  ///< outcomes in its window, of its trial while half-open
    std::uint64_t failures = 0;
    Known failureRate;             ///< 0…1
    Known slowRate;                ///< 0…1
    Known retryAfter;              ///< nanoseconds until it probes
    std::uint64_t probes = 0;      ///< under way
    std::uint64_t probesMost = 0;  ///< that it decides by
    std::uint64_t opened = 0;      ///< times, since the start
};

struct LimiterUse {
    std::string kind = "token_bucket";  ///< token_bucket, sliding_window, cycle, keyed
    double ratePerSecond = 0;           ///< of a keyed one: of each caller
    std::uint64_t burst = 0;
    std::uint64_t remaining = 0;  ///< that may pass now; means nothing of a keyed one
    bool keyed = false;
    std::uint64_t forgotten = 0;  ///< callers that made room for others, since the start
    std::uint64_t noRoom = 0;     ///< calls of callers for which there was no room
};

struct RetryBudgetUse {
    double allowed = 0;  ///< retries, as its kind counts them
    double used = 0;
    std::uint64_t granted = 0;  ///< since the start
    std::uint64_t refused = 0;
};

struct BulkheadUse {
    std::uint64_t limit = 0;  ///< calls at once
    std::uint64_t inUse = 0;
    std::uint64_t queue = 0;  ///< that may wait
    std::uint64_t waiting = 0;
    bool adaptive = false;  ///< the limit was found out
};

/// What can be tuned while it runs, by `limits.set services.NAME.KEY VALUE`.
struct ServiceSetting {
    std::string key;    ///< "limiter.rate"
    std::string value;  ///< as it would be written; empty: not set
    std::string help;
};

using ServiceSettingsShown = std::shared_ptr<const std::vector<ServiceSetting>>;

/// A service and what protects it, at one moment. A stage that it has not is empty.
struct ServiceStatus {
    std::string name;
    std::uint64_t succeeded = 0;  ///< calls, however many attempts they took
    std::uint64_t failed = 0;
    std::uint64_t rejected = 0;  ///< by ourselves
    std::uint64_t underWay = 0;
    double perSecond = 0;          ///< calls begun, over Snapshot::rateWindow
    double failuresPerSecond = 0;  ///< calls that failed
    double rejectionsPerSecond = 0;
    Known p50, p99;                ///< nanoseconds, of the last seconds
    std::vector<StageUse> stages;  ///< in the order a call comes to them
    std::optional<BreakerUse> breaker;
    std::optional<LimiterUse> limiter;
    std::optional<RetryBudgetUse> budget;
    std::optional<BulkheadUse> bulkhead;
    ServiceSettingsShown settings;  ///< another object once one of them was changed
};

}  // namespace muster
