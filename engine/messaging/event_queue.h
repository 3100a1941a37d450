// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/spin_lock.h"
#include "events/event.h"
#include "messaging/subscription.h"

namespace muster {

using EventSpan = std::span<const EventPtr>;

/// A subscriber's events on their way: bounded, shedding as its options say, in order. Knows
/// whether its drain is under way, so that one wake-up serves all that came meanwhile.
/// Thread safety: push from any thread; the drain is one at a time.
class EventQueue {
public:
    explicit EventQueue(const SubscribeOptions& options);

    struct Pushed {
        bool wake = false;  ///< the caller must wake the drain
        std::uint64_t shed = 0;
    };
    [[nodiscard]] Pushed push(EventPtr event);
    /// Several stretches of events under one lock.
    [[nodiscard]] Pushed push(std::span<const EventSpan> stretches);
    /// One stretch, of each of which the caller made a reference more for the queue.
    [[nodiscard]] Pushed pushAdopting(EventSpan events);

    /// All that waits, in order; from then on a push asks for another wake-up.
    [[nodiscard]] std::vector<EventPtr> take();
    /// As take(), but a push asks for none until nothing was left to take.
    [[nodiscard]] std::vector<EventPtr> takeOrFinish();
    /// The vector that take() gave, for its memory: the next events need none of their own.
    void giveBack(std::vector<EventPtr> taken);
    /// The wake-up came to nothing: the next push asks for another.
    void wakeFailed();
    /// Asks for a wake-up where events wait and none is under way.
    [[nodiscard]] bool needsWake();
    /// Sheds what waits, without counting it, and takes no more.
    void close();

    [[nodiscard]] std::uint64_t accepted() const noexcept
    {
        return m_accepted.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t dropped() const noexcept
    {
        return m_dropped.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t waiting() const;

private:
    /// Puts one in; what had to go is swapped into `shed`. Under the lock.
    void put(EventPtr& event, EventPtr& shed);
    [[nodiscard]] bool startWake() noexcept;
    [[nodiscard]] std::vector<EventPtr> takeAll(bool finish);

    const std::uint32_t m_bound;
    const bool m_dropOldest;

    mutable SpinLock m_lock;  // guards what follows, and writing of the counts
    std::vector<EventPtr> m_events;
    std::vector<EventPtr> m_spare;  // memory for the next m_events
    std::size_t m_oldest = 0;       // of a full queue that sheds its oldest: where the ring begins
    bool m_draining = false;
    bool m_closed = false;
    std::atomic<std::uint64_t> m_accepted{0};
    std::atomic<std::uint64_t> m_dropped{0};
};

/// The events of one wake-up, in order. Thread safety: the agent's alone.
class TakenEvents {
public:
    explicit TakenEvents(std::shared_ptr<EventQueue> queue) : m_queue(std::move(queue))
    {
        if (m_queue != nullptr) {
            m_events = m_queue->take();
        }
    }
    TakenEvents(TakenEvents&&) noexcept = default;
    TakenEvents& operator=(TakenEvents&&) = delete;
    ~TakenEvents()
    {
        if (m_queue != nullptr) {
            m_queue->giveBack(std::move(m_events));
        }
    }

    [[nodiscard]] auto begin() const noexcept { return m_events.begin(); }
    [[nodiscard]] auto end() const noexcept { return m_events.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return m_events.size(); }

private:
    std::shared_ptr<EventQueue> m_queue;
    std::vector<EventPtr> m_events;
};

/// The message by which an agent gets its events; its handler reads
/// `for (const EventPtr& event : events.take())`. Events come in order, all that came since the
/// message was sent. Thread safety: the agent's alone.
class Events {
public:
    static constexpr std::string_view kName = "Events";

    explicit Events(std::shared_ptr<EventQueue> queue) : m_queue(std::move(queue)) {}
    Events(Events&&) noexcept = default;
    Events& operator=(Events&&) noexcept = default;
    ~Events()
    {
        if (m_queue != nullptr) {
            m_queue->wakeFailed();
        }
    }

    /// Nothing the second time.
    [[nodiscard]] TakenEvents take() const { return TakenEvents(std::move(m_queue)); }

private:
    mutable std::shared_ptr<EventQueue> m_queue;  // none once taken
};

}  // namespace muster
