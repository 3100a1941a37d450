// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/error.h"
#include "storage/queue_records.h"

namespace muster {

/// Called after a synced commit with the number of the newest step that it holds. Must not block.
using QueueCommitted = std::function<void(std::uint64_t number)>;

/// Makes the steps of durable queues durable, in the order of their numbers, each whole or not
/// at all. Thread safety: every function from any thread, but the steps come one at a time.
class QueueStore {
public:
    virtual ~QueueStore() = default;

    /// Set before the first step.
    virtual void onQueueCommitted(QueueCommitted committed) = 0;
    /// Returns at once. `number` is above that of the step before.
    virtual void addQueueStep(std::uint64_t number, QueueStep step) = 0;
    /// Why more should not be put into a queue now: the disk is full, or cannot be written.
    [[nodiscard]] virtual std::optional<Error> queueTrouble() const = 0;
};

}  // namespace muster
