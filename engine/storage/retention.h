// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.h"

namespace muster {

/// How long metrics are kept, sample by sample and rolled up into spans of time. What is finer goes
/// only after it went into what is coarser.
struct MetricRetention {
    std::optional<Duration> samples = std::chrono::hours(24 * 30);
    std::optional<Duration> tenSeconds = std::chrono::hours(24 * 90);
    std::optional<Duration> oneMinute = std::chrono::hours(24 * 180);
    std::optional<Duration> tenMinutes = std::chrono::hours(24 * 365);
};

/// How long and how much a session keeps. On by default; a field without a value is off.
/// Applied by Recorder::maintain(), in batches of a block (4,096 events): a block goes when all
/// of it is older. Call logs go with the events of their time, from the oldest part on: what
/// remains of each is its end. Runs, results, errors and marks are never deleted, nor are
/// versions of the configuration, jobs and dead letters that wait; the record of a letter that
/// was retried or discarded goes by age.
struct RetentionOptions {
    /// Events and parts of call logs older than this are deleted.
    std::optional<Duration> age = std::chrono::hours(24 * 30);
    MetricRetention metrics{};
    /// Above this the oldest events that are not durable, and metric samples and parts of call
    /// logs as old, are deleted until the session is under it by a tenth. Freed space is used
    /// again; the file does not shrink. Once there are only such events left, metrics go, the
    /// finest first. When nothing is left to delete, the floor's rule holds.
    std::optional<std::uint64_t> quotaBytes = std::uint64_t{8} * 1024 * 1024 * 1024;
    /// With less free disk than this, only durable events, results, errors and marks are still
    /// recorded; the rest is counted. Left again with a quarter more than this.
    std::optional<std::uint64_t> freeDiskFloor = std::uint64_t{256} * 1024 * 1024;
    /// Free bytes where the session lies; empty: unknown, and the floor does not hold.
    /// Default: asks the file system.
    std::function<std::optional<std::uint64_t>()> freeDisk;
};

}  // namespace muster
