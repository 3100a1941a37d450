// SPDX-License-Identifier: Apache-2.0
#include "messaging/internal/route_table.h"

#include <algorithm>
#include <set>

namespace muster {
namespace {

bool anyMatches(const Subscriber& subscriber, std::string_view topic)
{
    return std::ranges::any_of(subscriber.patterns, [topic](const TopicPattern& pattern) {
        return pattern.matches(topic);
    });
}

/// The one of its patterns that says most about the topic.
const TopicPattern& bestPattern(const Subscriber& subscriber, std::string_view topic)
{
    const TopicPattern* best = nullptr;
    for (const TopicPattern& pattern : subscriber.patterns) {
        if (pattern.matches(topic) && (best == nullptr || pattern.compareSpecificity(*best) ==
                                                              std::strong_ordering::greater)) {
            best = &pattern;
        }
    }
    return *best;
}

}  // namespace

RouteTable::RouteTable(const TypeRegistry& types, MetricRegistry& metrics, Epochs& epochs)
    : m_types(types), m_metrics(metrics), m_epochs(epochs)
{
}

RouteTable::~RouteTable() = default;

const Route& RouteTable::make(TypeId type)
{
    const std::scoped_lock lock(m_mutex);
    auto& place = m_pages[type.value / kPage];
    if (place.load(std::memory_order_relaxed) == nullptr) {
        m_ownedPages.push_back(std::make_unique<Page>());
        place.store(m_ownedPages.back().get(), std::memory_order_release);
    }
    Entry& entry = (*place.load(std::memory_order_relaxed))[type.value % kPage];
    if (!entry.seen) {
        entry.seen = true;
        entry.published = topicCounter(type);
        m_seen.push_back(type);
    }
    if (entry.owner == nullptr) {
        auto route = std::make_shared<Route>(*build(m_types.name(type)));
        route->published = entry.published;
        entry.owner = std::move(route);
        entry.route.store(entry.owner.get(), std::memory_order_seq_cst);
    }
    return *entry.owner;
}

Counter RouteTable::topicCounter(TypeId type)
{
    return m_metrics.counter("events.published", {{"topic", m_seen.size() < kCountedTopics
                                                                ? m_types.name(type)
                                                                : std::string_view("other")}});
}

std::shared_ptr<const Route> RouteTable::build(std::string_view topic) const
{
    std::vector<std::pair<const TopicPattern*, SubscriberPtr>> matching;
    for (const std::uint64_t id : m_index.match(topic)) {
        const SubscriberPtr& subscriber = m_subscribers.at(id);
        matching.emplace_back(&bestPattern(*subscriber, topic), subscriber);
    }
    // Ids ascend, so that a stable sort leaves the older subscription first.
    std::ranges::stable_sort(matching, [](const auto& a, const auto& b) {
        if (a.second->options.priority != b.second->options.priority) {
            return a.second->options.priority > b.second->options.priority;
        }
        return a.first->compareSpecificity(*b.first) == std::strong_ordering::greater;
    });
    auto route = std::make_shared<Route>();
    std::set<AgentId> agents;
    for (auto& [pattern, subscriber] : matching) {
        if (subscriber->kind == SubscriberKind::direct) {
            route->direct.push_back(subscriber);
        } else if (!subscriber->agent || agents.insert(subscriber->agent).second) {
            route->queued.push_back(subscriber);
        }
    }
    return route;
}

RouteTable::Dropped RouteTable::dropRoutes(const Subscriber& subscriber)
{
    Dropped dropped;
    for (const TypeId type : m_seen) {
        Entry& entry =
            (*m_pages[type.value / kPage].load(std::memory_order_relaxed))[type.value % kPage];
        if (entry.owner != nullptr && anyMatches(subscriber, m_types.name(type))) {
            entry.route.store(nullptr, std::memory_order_seq_cst);
            dropped.push_back(std::move(entry.owner));
        }
    }
    return m_epochs.retire(std::move(dropped));
}

void RouteTable::add(const SubscriberPtr& subscriber)
{
    Dropped dropped;  // outlives the lock
    const std::scoped_lock lock(m_mutex);
    m_subscribers.emplace(subscriber->id.value, subscriber);
    for (const TopicPattern& pattern : subscriber->patterns) {
        m_index.insert(pattern, subscriber->id.value);
    }
    dropped = dropRoutes(*subscriber);
}

SubscriberPtr RouteTable::remove(SubscriptionId id)
{
    Dropped dropped;  // outlives the lock
    const std::scoped_lock lock(m_mutex);
    const auto found = m_subscribers.find(id.value);
    if (found == m_subscribers.end()) {
        return nullptr;
    }
    SubscriberPtr subscriber = std::move(found->second);
    m_subscribers.erase(found);
    for (const TopicPattern& pattern : subscriber->patterns) {
        m_index.erase(pattern, id.value);
    }
    subscriber->ended.store(true, std::memory_order_release);
    dropped = dropRoutes(*subscriber);
    return subscriber;
}

std::vector<SubscriberPtr> RouteTable::subscribers() const
{
    const std::scoped_lock lock(m_mutex);
    std::vector<SubscriberPtr> all;
    for (const auto& [id, subscriber] : m_subscribers) {
        all.push_back(subscriber);
    }
    return all;
}

std::vector<std::pair<std::string_view, std::uint64_t>> RouteTable::topicCounts() const
{
    const std::scoped_lock lock(m_mutex);
    std::vector<std::pair<std::string_view, std::uint64_t>> counts;
    for (const TypeId type : m_seen) {
        const Entry& entry =
            (*m_pages[type.value / kPage].load(std::memory_order_relaxed))[type.value % kPage];
        counts.emplace_back(m_types.name(type), entry.published.value());
    }
    std::ranges::sort(counts);
    return counts;
}

}  // namespace muster
