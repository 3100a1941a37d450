// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/job_queue.h"

namespace muster {

/// The policy between a queue's deliveries. The settings are valid.
[[nodiscard]] RetryPolicy backoffOf(const QueueSettings& settings);

/// Whether a job that failed its so manieth attempt is tried again, and after how long.
[[nodiscard]] RetryDecision nextWait(const RetryPolicy& policy, std::uint32_t attempts,
                                     Duration waited, const JobRefusal& refusal, MonoTime now,
                                     Rng& chance);

}  // namespace muster
