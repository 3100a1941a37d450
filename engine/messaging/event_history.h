// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/spin_lock.h"
#include "base/thread_slot.h"
#include "events/event.h"
#include "events/topic_pattern.h"
#include "messaging/internal/epochs.h"

namespace muster {

/// All conditions must hold; an empty one holds for every event.
struct EventHistoryQuery {
    TopicPattern pattern;
    std::optional<Source> source;
    std::optional<WallTime> from;   ///< this or later
    std::optional<WallTime> until;  ///< before this
    std::size_t limit = 200;        ///< 0: no limit; the newest of those that match
};

/// The last events in memory: a ring for each publishing thread, written by it alone and without
/// a lock, of `bound` events each; a query gets at most the newest `bound` of all.
///
/// Publishers are inside `publishing` while they add. A query says that it reads, waits until
/// those are gone who may not have seen it, and from then on shares a lock with those who come.
/// Thread safety: any thread; find() not from inside `publishing`.
class EventHistory {
public:
    /// 0: keeps nothing.
    EventHistory(std::size_t bound, Epochs& publishing) : m_bound(bound), m_publishing(publishing)
    {
    }

    void add(EventPtr event)
    {
        if (m_bound != 0) {
            const std::uint32_t slot = ThreadSlot::current();
            if (slot == ThreadSlot::kOwned || m_readers.load(std::memory_order_acquire) != 0)
                [[unlikely]] {
                addLocked(m_rings[slot], std::move(event));
            } else {
                put(m_rings[slot], event);
            }
        }
    }
    /// The same for many; they are taken over.
    void addAll(std::span<EventPtr> events);
    /// Oldest first, in the order of their ids.
    [[nodiscard]] std::vector<EventPtr> find(const EventHistoryQuery& query);

private:
    struct alignas(kCacheLine) Ring {
        std::vector<EventPtr> events;
        std::size_t oldest = 0;
        SpinLock lock;  // while somebody reads, and always for the threads without a slot
    };

    /// Swaps the event with the one that has to go.
    void put(Ring& ring, EventPtr& event)
    {
        if (ring.events.size() < m_bound) {
            ring.events.push_back(std::move(event));
        } else {
            std::swap(ring.events[ring.oldest], event);
            ring.oldest = ring.oldest + 1 == m_bound ? 0 : ring.oldest + 1;
        }
    }
    void addLocked(Ring& ring, EventPtr event);
    static void copyFrom(Ring& ring, std::vector<EventPtr>& out);

    std::size_t m_bound;
    Epochs& m_publishing;
    std::atomic<std::uint32_t> m_readers{0};
    std::array<Ring, ThreadSlot::kCount> m_rings;
};

}  // namespace muster
