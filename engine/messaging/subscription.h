// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "events/topic_pattern.h"
#include "runtime/mailbox.h"

namespace muster {

/// How a subscriber's queue behaves. The publisher is never held up nor told: `reject` sheds
/// the newest event as `dropNewest` does. All that is shed is counted.
struct SubscribeOptions {
    std::uint32_t bound = 4096;  ///< events waiting; at least 1
    OverflowPolicy overflow = OverflowPolicy::dropOldest;
    int priority = 0;  ///< greater is served earlier, before more specific patterns
};

enum class SubscriberKind : std::uint8_t {
    direct,    ///< called by the publisher
    callback,  ///< a queue, drained on the blocking pool
    agent,     ///< a queue, drained by the agent
};

struct SubscriptionInfo {
    SubscriptionId id;
    SubscriberKind kind = SubscriberKind::direct;
    AgentId agent;
    std::vector<TopicPattern> patterns;
    SubscribeOptions options;
    std::uint64_t delivered = 0;  ///< put into its queue; direct ones have none
    std::uint64_t dropped = 0;
    std::uint64_t waiting = 0;
};

}  // namespace muster
