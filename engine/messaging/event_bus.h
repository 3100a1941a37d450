// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "events/event_sink.h"
#include "events/topic_pattern.h"
#include "events/type_registry.h"
#include "messaging/event_history.h"
#include "messaging/event_queue.h"
#include "messaging/subscription.h"
#include "telemetry/metric_registry.h"

namespace muster {

class Runtime;

struct EventBusOptions {
    std::size_t history = 2048;  ///< events kept in memory for each publishing thread; 0: none
};

/// Carries every event to those who asked for its topic: once to each subscriber, however many
/// of its patterns match, and in the order of each publishing thread.
///
/// Who gets a type is worked out when it is first published and after each change of its
/// subscribers, through an index of the patterns; publishing itself reads that list without a
/// lock. Order among subscribers: priority, then the more specific pattern (exact above all),
/// then the older subscription; direct ones before those with a queue. All the subscriptions of
/// one agent are one subscriber: the first of them in that order gets the event.
///
/// The engine's wiring: bus, then publisher over it, then runtime, then attach(); at the end
/// detach(), then the runtime goes. Thread safety: any thread, subscribers' calls included.
class EventBus final : public EventSink {
public:
    EventBus(const TypeRegistry& types, MetricRegistry& metrics, EventBusOptions options = {});
    ~EventBus() override;

    /// From now on events reach agents and queued callbacks. The runtime must outlive the bus or
    /// be detached before it goes.
    void attach(Runtime& runtime);
    void detach();

    void accept(const EventPtr& event) override;
    void take(EventPtr event) override;
    /// One pass for each subscriber.
    void acceptBatch(std::span<const EventPtr> events) override;
    void takeBatch(std::span<EventPtr> events) override;

    /// Called by the publisher itself: for sinks that return at once. `sink` must live until
    /// unsubscribe() has returned.
    SubscriptionId subscribeDirect(std::vector<TopicPattern> patterns, EventSink& sink,
                                   int priority = 0);
    /// Called on the blocking pool, one event after the other; may be slow.
    SubscriptionId subscribe(std::vector<TopicPattern> patterns,
                             std::function<void(const EventPtr&)> call,
                             SubscribeOptions options = {});
    /// The agent's type must handle Events. Ends with the agent. Errors: unavailable before
    /// attach(), notFound when it is not alive.
    [[nodiscard]] Result<SubscriptionId> subscribe(std::vector<TopicPattern> patterns,
                                                   AgentId agent, SubscribeOptions options = {});
    /// When it returns, the subscriber is not being called and never will be; from inside a call
    /// it is called no more for events published from now on. An unknown id is ignored.
    void unsubscribe(SubscriptionId id);

    /// Not from inside a direct subscriber's call.
    [[nodiscard]] std::vector<EventPtr> history(const EventHistoryQuery& query) const;
    /// How many events of each type were published, by name; only those that were.
    [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> topicCounts() const;
    [[nodiscard]] std::vector<SubscriptionInfo> subscriptions() const;

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

}  // namespace muster
