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

void EventHistory::add(std::span<const EventPtr> events)
{
    if (m_bound == 0) {
        return;
    }
    Ring& ring = m_rings[ThreadSlot::current()];
    for (const EventPtr& event : events) {
        EventPtr gone = event;  // released after the lock
        const std::scoped_lock lock(ring.lock);
        if (ring.events.size() < m_bound) {
            ring.events.push_back(std::move(gone));
        } else {
            std::swap(ring.events[ring.oldest], gone);
            ring.oldest = ring.oldest + 1 == m_bound ? 0 : ring.oldest + 1;
        }
    }
}

void EventHistory::copyFrom(const Ring& ring, std::vector<EventPtr>& out) const
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

std::vector<EventPtr> EventHistory::find(const EventHistoryQuery& query) const
{
    std::vector<EventPtr> all;
    for (const Ring& ring : m_rings) {
        copyFrom(ring, all);
    }
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
