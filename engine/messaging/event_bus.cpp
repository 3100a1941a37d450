// SPDX-License-Identifier: Apache-2.0
#include "messaging/event_bus.h"

#include "messaging/internal/bus_core.h"

namespace muster {
namespace {

std::shared_ptr<Subscriber> makeSubscriber(SubscriberKind kind, std::vector<TopicPattern> patterns,
                                           SubscribeOptions options)
{
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->kind = kind;
    subscriber->patterns = std::move(patterns);
    subscriber->options = options;
    if (kind != SubscriberKind::direct) {
        subscriber->queue = std::make_shared<EventQueue>(options);
    }
    return subscriber;
}

}  // namespace

EventBus::EventBus(const TypeRegistry& types, MetricRegistry& metrics, EventBusOptions options)
    : m_impl(std::make_shared<Impl>(types, metrics, options))
{
}

EventBus::~EventBus()
{
    m_impl->detach();
}

void EventBus::attach(Runtime& runtime)
{
    m_impl->attach(runtime);
}

void EventBus::detach()
{
    m_impl->detach();
}

void EventBus::accept(const EventPtr& event)
{
    m_impl->deliver(event);
}

void EventBus::take(EventPtr event)
{
    m_impl->deliver(std::move(event));
}

void EventBus::acceptBatch(std::span<const EventPtr> events)
{
    std::vector<EventPtr> copies(events.begin(), events.end());
    m_impl->deliverBatch(copies);
}

void EventBus::takeBatch(std::span<EventPtr> events)
{
    m_impl->deliverBatch(events);
}

SubscriptionId EventBus::subscribeDirect(std::vector<TopicPattern> patterns, EventSink& sink,
                                         int priority)
{
    SubscribeOptions options;
    options.priority = priority;
    auto subscriber = makeSubscriber(SubscriberKind::direct, std::move(patterns), options);
    subscriber->sink = &sink;
    return m_impl->add(std::move(subscriber));
}

SubscriptionId EventBus::subscribe(std::vector<TopicPattern> patterns,
                                   std::function<void(const EventPtr&)> call,
                                   SubscribeOptions options)
{
    auto subscriber = makeSubscriber(SubscriberKind::callback, std::move(patterns), options);
    subscriber->call = std::move(call);
    return m_impl->add(std::move(subscriber));
}

Result<SubscriptionId> EventBus::subscribe(std::vector<TopicPattern> patterns, AgentId agent,
                                           SubscribeOptions options)
{
    auto subscriber = makeSubscriber(SubscriberKind::agent, std::move(patterns), options);
    subscriber->agent = agent;
    return m_impl->addAgent(std::move(subscriber));
}

void EventBus::unsubscribe(SubscriptionId id)
{
    m_impl->remove(id);
}

std::vector<EventPtr> EventBus::history(const EventHistoryQuery& query) const
{
    return m_impl->history().find(query);
}

std::vector<std::pair<std::string_view, std::uint64_t>> EventBus::topicCounts() const
{
    return m_impl->routes().topicCounts();
}

std::vector<SubscriptionInfo> EventBus::subscriptions() const
{
    std::vector<SubscriptionInfo> all;
    for (const SubscriberPtr& subscriber : m_impl->routes().subscribers()) {
        SubscriptionInfo info{subscriber->id,
                              subscriber->kind,
                              subscriber->agent,
                              subscriber->patterns,
                              subscriber->options,
                              0,
                              0,
                              0};
        if (subscriber->queue != nullptr) {
            info.delivered = subscriber->queue->accepted();
            info.dropped = subscriber->queue->dropped();
            info.waiting = subscriber->queue->waiting();
        }
        all.push_back(std::move(info));
    }
    return all;
}

}  // namespace muster
