// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/thread_slot.h"
#include "events/event.h"
#include "events/topic_pattern.h"
#include "messaging/internal/spin_lock.h"

namespace muster {

/// All conditions must hold; an empty one holds for every event.
struct EventHistoryQuery {
    TopicPattern pattern;
    std::optional<Source> source;
    std::optional<WallTime> from;   ///< this or later
    std::optional<WallTime> until;  ///< before this
    std::size_t limit = 200;        ///< 0: no limit; the newest of those that match
};

/// The last events in memory: a ring for each publishing thread, written by it alone, of
/// `bound` events each; a query gets at most the newest `bound` of all.
/// Thread safety: any thread.
class EventHistory {
public:
    /// 0: keeps nothing.
    explicit EventHistory(std::size_t bound) : m_bound(bound) {}

    void add(std::span<const EventPtr> events);
    /// Oldest first, in the order of their ids.
    [[nodiscard]] std::vector<EventPtr> find(const EventHistoryQuery& query) const;
    [[nodiscard]] std::size_t bound() const noexcept { return m_bound; }

private:
    struct alignas(kCacheLine) Ring {
        mutable SpinLock lock;
        std::vector<EventPtr> events;
        std::size_t oldest = 0;
    };

    void copyFrom(const Ring& ring, std::vector<EventPtr>& out) const;

    std::size_t m_bound;
    std::array<Ring, ThreadSlot::kCount> m_rings;
};

}  // namespace muster
