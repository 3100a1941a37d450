// SPDX-License-Identifier: Apache-2.0
#include "messaging/internal/bus_core.h"

#include <algorithm>
#include <unordered_map>

#include "runtime/runtime.h"

namespace muster {
namespace {

/// So few events cost less one by one than sorted by who gets them.
constexpr std::size_t kFew = 2;

/// After a wake-up that was refused: the mailbox or the pool was full.
constexpr Duration kWakeRetry = std::chrono::milliseconds(10);

}  // namespace

EventBus::Impl::Impl(const TypeRegistry& types, MetricRegistry& metrics, EventBusOptions options)
    : m_routes(types, metrics, m_epochs),
      m_history(options.history, m_epochs),
      m_delivered(metrics.counter("events.delivered")),
      m_dropped(metrics.counter("events.dropped"))
{
}

void EventBus::Impl::attach(Runtime& runtime)
{
    m_runtime.store(&runtime, std::memory_order_seq_cst);
    for (const SubscriberPtr& subscriber : m_routes.subscribers()) {
        if (subscriber->queue != nullptr && subscriber->queue->needsWake()) {
            wake(subscriber);
        }
    }
}

void EventBus::Impl::detach()
{
    m_runtime.store(nullptr, std::memory_order_seq_cst);
    waitForOthers();
}

void EventBus::Impl::waitForOthers()
{
    // From inside a call it would wait for itself, or for one that waits for it.
    if (!m_epochs.inside() && !m_calls.inside()) {
        m_epochs.waitForOthers();
        m_calls.waitForOthers();
    }
}

void EventBus::Impl::deliver(EventPtr event)
{
    const Epochs::Guard guard(m_epochs);
    deliverOne(std::move(event));
}

void EventBus::Impl::deliverOne(EventPtr event)
{
    const Route& route = m_routes.find(event->type);
    route.published.add();
    for (const SubscriberPtr& subscriber : route.direct) {
        subscriber->sink->accept(event);
    }
    if (!route.queued.empty()) {
        event.addReferencesAlone(static_cast<std::uint32_t>(route.queued.size()));
        std::uint64_t shed = 0;
        for (const SubscriberPtr& subscriber : route.queued) {
            const auto pushed = subscriber->queue->push(EventPtr::adopt(event.get()));
            shed += pushed.shed;
            if (pushed.wake) {
                wake(subscriber);
            }
        }
        m_dropped.add(shed);
    }
    m_delivered.add(route.direct.size() + route.queued.size());
    m_history.add(std::move(event));
}

std::vector<EventBus::Impl::Group> EventBus::Impl::groupBySubscriber(EventSpan events)
{
    std::vector<Group> groups;
    std::unordered_map<const Subscriber*, std::size_t> places;
    const auto addTo = [&](const SubscriberPtr& subscriber, EventSpan stretch) {
        const auto [place, isNew] = places.try_emplace(subscriber.get(), groups.size());
        if (isNew) {
            groups.push_back({&subscriber, {}});
        }
        auto& stretches = groups[place->second].stretches;
        if (!stretches.empty() &&
            stretches.back().data() + stretches.back().size() == stretch.data()) {
            stretches.back() = {stretches.back().data(), stretches.back().size() + stretch.size()};
        } else {
            stretches.push_back(stretch);
        }
    };
    while (!events.empty()) {
        const TypeId type = events.front()->type;
        const auto end = std::ranges::find_if(
            events, [type](const EventPtr& event) { return event->type != type; });
        const EventSpan stretch(events.begin(), end);
        events = EventSpan(end, events.end());
        const Route& route = m_routes.find(type);
        route.published.add(stretch.size());
        m_delivered.add(stretch.size() * (route.direct.size() + route.queued.size()));
        for (const auto* subscribers : {&route.direct, &route.queued}) {
            for (const SubscriberPtr& subscriber : *subscribers) {
                addTo(subscriber, stretch);
            }
        }
    }
    return groups;
}

void EventBus::Impl::deliverBatch(std::span<EventPtr> events)
{
    const Epochs::Guard guard(m_epochs);
    if (events.size() <= kFew) {
        for (EventPtr& event : events) {
            deliverOne(std::move(event));
        }
        return;
    }
    const TypeId type = events.front()->type;
    if (std::ranges::all_of(events, [type](const EventPtr& each) { return each->type == type; })) {
        deliverStretch(events);
    } else {
        for (const Group& group : groupBySubscriber(events)) {
            deliverGroup(group);
        }
    }
    m_history.addAll(events);
}

void EventBus::Impl::deliverStretch(EventSpan events)
{
    const Route& route = m_routes.find(events.front()->type);
    route.published.add(events.size());
    m_delivered.add(events.size() * (route.direct.size() + route.queued.size()));
    // Before anybody else sees them: references cost less then.
    if (!route.queued.empty()) {
        for (const EventPtr& event : events) {
            event.addReferencesAlone(static_cast<std::uint32_t>(route.queued.size()));
        }
    }
    for (const SubscriberPtr& subscriber : route.direct) {
        subscriber->sink->acceptBatch(events);
    }
    std::uint64_t shed = 0;
    for (const SubscriberPtr& subscriber : route.queued) {
        const auto pushed = subscriber->queue->pushAdopting(events);
        shed += pushed.shed;
        if (pushed.wake) {
            wake(subscriber);
        }
    }
    m_dropped.add(shed);
}

void EventBus::Impl::deliverGroup(const Group& group)
{
    const SubscriberPtr& subscriber = *group.subscriber;
    if (subscriber->queue != nullptr) {
        const auto pushed = subscriber->queue->push(group.stretches);
        m_dropped.add(pushed.shed);
        if (pushed.wake) {
            wake(subscriber);
        }
        return;
    }
    for (const EventSpan stretch : group.stretches) {
        subscriber->sink->acceptBatch(stretch);
    }
}

void EventBus::Impl::wake(const SubscriberPtr& subscriber)
{
    const Epochs::Guard guard(m_epochs);
    Runtime* runtime = m_runtime.load(std::memory_order_seq_cst);
    if (runtime == nullptr) {
        subscriber->queue->wakeFailed();
    } else if (!tryWake(*runtime, subscriber)) {
        wakeLater(*runtime, subscriber);
    }
}

bool EventBus::Impl::tryWake(Runtime& runtime, const SubscriberPtr& subscriber)
{
    if (subscriber->kind == SubscriberKind::agent) {
        const Delivery delivery = runtime.send(subscriber->agent, Events(subscriber->queue));
        return queued(delivery) || delivery == Delivery::noAgent || delivery == Delivery::closed;
    }
    const auto started = runtime.scheduler().blocking([bus = weak_from_this(), subscriber] {
        if (const auto alive = bus.lock()) {
            alive->drain(*subscriber);
        }
    });
    if (!started.ok()) {
        subscriber->queue->wakeFailed();
    }
    return started.ok() || started.error().code == ErrorCode::cancelled;
}

void EventBus::Impl::wakeLater(Runtime& runtime, const SubscriberPtr& subscriber)
{
    // Taken as under way until the timer comes: pushes meanwhile start no second one.
    if (!subscriber->queue->needsWake()) {
        return;
    }
    runtime.scheduler().after(kWakeRetry, [bus = weak_from_this(), subscriber] {
        subscriber->queue->wakeFailed();
        const auto alive = bus.lock();
        if (alive != nullptr && subscriber->queue->needsWake()) {
            alive->wake(subscriber);
        }
    });
}

void EventBus::Impl::drain(const Subscriber& subscriber)
{
    for (;;) {
        auto events = subscriber.queue->takeOrFinish();
        if (events.empty()) {
            return;
        }
        for (const EventPtr& event : events) {
            const Epochs::Guard guard(m_calls);  // remove() waits for this call
            if (subscriber.ended.load(std::memory_order_acquire)) {
                return;
            }
            subscriber.call(event);
        }
        subscriber.queue->giveBack(std::move(events));
    }
}

SubscriptionId EventBus::Impl::add(std::shared_ptr<Subscriber> subscriber)
{
    subscriber->id.value = m_nextId.fetch_add(1, std::memory_order_relaxed);
    const SubscriptionId id = subscriber->id;
    m_routes.add(std::move(subscriber));
    return id;
}

Result<SubscriptionId> EventBus::Impl::addAgent(std::shared_ptr<Subscriber> subscriber)
{
    const Epochs::Guard guard(m_epochs);
    Runtime* runtime = m_runtime.load(std::memory_order_seq_cst);
    if (runtime == nullptr) {
        return Error{ErrorCode::unavailable, "the event bus has no agents yet", "", ""};
    }
    const AgentId agent = subscriber->agent;
    if (!runtime->directory().alive(agent)) {
        return Error{ErrorCode::notFound, "there is no such agent", toString(agent), ""};
    }
    const SubscriptionId id = add(std::move(subscriber));
    bool isNew = false;
    {
        const std::scoped_lock lock(m_agentsMutex);
        const auto [entry, inserted] = m_byAgent.try_emplace(agent);
        entry->second.push_back(id);
        isNew = inserted;
    }
    if (isNew) {
        runtime->monitor(agent, [bus = weak_from_this()](const AgentEnded& ended) {
            if (const auto alive = bus.lock()) {
                alive->agentEnded(ended.id);
            }
        });
    }
    return id;
}

void EventBus::Impl::agentEnded(AgentId agent)
{
    std::vector<SubscriptionId> ended;
    {
        const std::scoped_lock lock(m_agentsMutex);
        if (const auto entry = m_byAgent.find(agent); entry != m_byAgent.end()) {
            ended = std::move(entry->second);
            m_byAgent.erase(entry);
        }
    }
    const Epochs::Guard guard(m_epochs);  // an engine thread: remove() must not wait here
    for (const SubscriptionId id : ended) {
        remove(id);
    }
}

void EventBus::Impl::remove(SubscriptionId id)
{
    const SubscriberPtr subscriber = m_routes.remove(id);
    if (subscriber == nullptr) {
        return;
    }
    if (subscriber->queue != nullptr) {
        subscriber->queue->close();
    }
    if (subscriber->agent) {
        const std::scoped_lock lock(m_agentsMutex);
        if (const auto entry = m_byAgent.find(subscriber->agent); entry != m_byAgent.end()) {
            std::erase(entry->second, id);
        }
    }
    waitForOthers();
}

}  // namespace muster
