// SPDX-License-Identifier: Apache-2.0
#include "messaging/event_history.h"

#include <algorithm>
#include <iterator>
#include <mutex>

namespace muster {
namespace {

/// How many are copied before the publisher gets a turn.
constexpr std::size_t kCopiedAtOnce = 64;

bool matches(const EventHistoryQuery& query, const Event& event)
{
    return (!query.source || *query.source == event.source) &&
           (!query.from || event.at >= *query.from) && (!query.until || event.at < *query.until) &&
           (query.pattern.all() || query.pattern.matches(event.typeName()));
}

}  // namespace

void EventHistory::addLocked(Ring& ring, EventPtr event)
{
    const std::scoped_lock lock(ring.lock);
    put(ring, event);
}

void EventHistory::addAll(std::span<EventPtr> events)
{
    if (m_bound == 0) {
        return;
    }
    const std::uint32_t slot = ThreadSlot::current();
    const bool alone = slot != ThreadSlot::kOwned && m_readers.load(std::memory_order_acquire) == 0;
    Ring& ring = m_rings[slot];
    for (EventPtr& event : events) {
        alone ? put(ring, event) : addLocked(ring, std::move(event));
    }
}

void EventHistory::copyFrom(Ring& ring, std::vector<EventPtr>& out)
{
    for (std::size_t at = 0;; at += kCopiedAtOnce) {
        const std::scoped_lock lock(ring.lock);
        if (at >= ring.events.size()) {
            return;
        }
        const auto from = ring.events.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(kCopiedAtOnce, ring.events.size() - at);
        std::copy_n(from, count, std::back_inserter(out));
    }
}

std::vector<EventPtr> EventHistory::find(const EventHistoryQuery& query)
{
    m_readers.fetch_add(1, std::memory_order_seq_cst);
    m_publishing.waitForOthers();
    std::vector<EventPtr> all;
    for (Ring& ring : m_rings) {
        copyFrom(ring, all);
    }
    m_readers.fetch_sub(1, std::memory_order_release);
    std::ranges::sort(all, {}, [](const EventPtr& event) { return event->id; });
    if (all.size() > m_bound) {
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(m_bound));
    }
    std::erase_if(all, [&query](const EventPtr& event) { return !matches(query, *event); });
    if (query.limit != 0 && all.size() > query.limit) {
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(query.limit));
    }
    return all;
}

}  // namespace muster
