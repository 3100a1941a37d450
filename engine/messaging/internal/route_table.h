// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "events/pattern_index.h"
#include "events/type_registry.h"
#include "messaging/internal/epochs.h"
#include "messaging/internal/subscriber.h"

namespace muster {

/// The subscriptions, and for each type the list of those who get it: made when first asked
/// for, dropped when a subscription that matches comes or goes.
/// Thread safety: any thread. find() only while inside `epochs`, for as long as the route is
/// used.
class RouteTable {
public:
    RouteTable(const TypeRegistry& types, MetricRegistry& metrics, Epochs& epochs);
    ~RouteTable();

    [[nodiscard]] const Route& find(TypeId type)
    {
        const Page* page = m_pages[type.value / kPage].load(std::memory_order_acquire);
        if (page != nullptr) [[likely]] {
            // Ordered after entering the epochs: see Epochs::oldestReader().
            const Route* route = (*page)[type.value % kPage].route.load(std::memory_order_seq_cst);
            if (route != nullptr) [[likely]] {
                return *route;
            }
        }
        return make(type);
    }

    void add(const SubscriberPtr& subscriber);
    /// Null when there is none of that id.
    SubscriberPtr remove(SubscriptionId id);
    [[nodiscard]] std::vector<SubscriberPtr> subscribers() const;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> topicCounts() const;

private:
    static constexpr std::uint32_t kPage = 256;
    /// Types beyond this many are counted together: they are too many to list.
    static constexpr std::uint32_t kCountedTopics = 1000;

    struct Entry {
        std::atomic<const Route*> route{nullptr};
        std::shared_ptr<const Route> owner;  // guarded by m_mutex, like the rest
        Counter published;
        bool seen = false;
    };
    using Page = std::array<Entry, kPage>;
    using Dropped = std::vector<std::shared_ptr<const void>>;

    [[nodiscard]] const Route& make(TypeId type);
    [[nodiscard]] std::shared_ptr<const Route> build(std::string_view topic) const;
    [[nodiscard]] Counter topicCounter(TypeId type);
    [[nodiscard]] Dropped dropRoutes(const Subscriber& subscriber);

    const TypeRegistry& m_types;
    MetricRegistry& m_metrics;
    Epochs& m_epochs;
    std::array<std::atomic<Page*>, TypeRegistry::kMaxTypes / kPage> m_pages{};

    mutable std::mutex m_mutex;  // guards all below, and changes of the above
    std::vector<std::unique_ptr<Page>> m_ownedPages;
    std::vector<TypeId> m_seen;  // types that were published
    std::map<std::uint64_t, SubscriberPtr> m_subscribers;
    PatternIndex m_index;
};

}  // namespace muster
