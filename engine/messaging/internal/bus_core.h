// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "messaging/event_bus.h"
#include "messaging/internal/epochs.h"
#include "messaging/internal/route_table.h"

namespace muster {

/// What an EventBus is made of. Held by shared pointer: what it asked of the runtime (drains,
/// timers, monitors) may come after the bus went, and finds nothing then.
/// Thread safety: any thread.
class EventBus::Impl : public std::enable_shared_from_this<EventBus::Impl> {
public:
    Impl(const TypeRegistry& types, MetricRegistry& metrics, EventBusOptions options);

    void attach(Runtime& runtime);
    void detach();
    void deliver(EventPtr event);
    /// Takes the events over.
    void deliverBatch(std::span<EventPtr> events);
    SubscriptionId add(std::shared_ptr<Subscriber> subscriber);
    [[nodiscard]] Result<SubscriptionId> addAgent(std::shared_ptr<Subscriber> subscriber);
    void remove(SubscriptionId id);

    [[nodiscard]] const RouteTable& routes() const noexcept { return m_routes; }
    [[nodiscard]] EventHistory& history() noexcept { return m_history; }

private:
    /// What of a batch is for one subscriber.
    struct Group {
        const SubscriberPtr* subscriber;
        std::vector<EventSpan> stretches;
    };

    void waitForOthers();
    /// Inside m_epochs.
    void deliverOne(EventPtr event);
    /// All of one type.
    void deliverStretch(EventSpan events);
    void deliverGroup(const Group& group);
    [[nodiscard]] std::vector<Group> groupBySubscriber(EventSpan events);
    void wake(const SubscriberPtr& subscriber);
    [[nodiscard]] bool tryWake(Runtime& runtime, const SubscriberPtr& subscriber);
    void wakeLater(Runtime& runtime, const SubscriberPtr& subscriber);
    void drain(const Subscriber& subscriber);
    void agentEnded(AgentId agent);

    Epochs m_epochs;  // those who publish, and those who use m_runtime
    Epochs m_calls;   // queued callbacks, which may be slow
    RouteTable m_routes;
    EventHistory m_history;
    Counter m_delivered;
    Counter m_dropped;
    std::atomic<std::uint64_t> m_nextId{1};
    /// Used only inside m_epochs, so that detach() can wait until nobody does.
    std::atomic<Runtime*> m_runtime{nullptr};

    std::mutex m_agentsMutex;  // guards m_byAgent
    std::map<AgentId, std::vector<SubscriptionId>> m_byAgent;
};

}  // namespace muster
