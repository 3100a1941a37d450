// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "events/event_sink.h"
#include "messaging/event_queue.h"
#include "messaging/subscription.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// One subscription as the bus holds it. Thread safety: fixed once made, but for `ended`.
struct Subscriber {
    SubscriptionId id;
    SubscriberKind kind = SubscriberKind::direct;
    std::vector<TopicPattern> patterns;
    SubscribeOptions options;
    EventSink* sink = nullptr;                  ///< of a direct one
    std::function<void(const EventPtr&)> call;  ///< of a callback
    AgentId agent;                              ///< of an agent
    std::shared_ptr<EventQueue> queue;          ///< of the two with a queue
    mutable std::atomic<bool> ended{false};
};

using SubscriberPtr = std::shared_ptr<const Subscriber>;

/// Who gets the events of one type. Immutable once in place.
struct Route {
    Counter published;
    std::vector<SubscriberPtr> direct;  ///< in order of service
    std::vector<SubscriberPtr> queued;
};

}  // namespace muster
