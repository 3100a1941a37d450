// SPDX-License-Identifier: Apache-2.0
#include "messaging/event_queue.h"

#include <algorithm>
#include <mutex>

namespace muster {
namespace {

/// More is given back to the system: a burst should not hold on to its memory.
constexpr std::size_t kSpareEvents = 256;

void count(std::atomic<std::uint64_t>& counter) noexcept
{
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

EventQueue::EventQueue(const SubscribeOptions& options)
    : m_bound(std::max<std::uint32_t>(1, options.bound)),
      m_dropOldest(options.overflow == OverflowPolicy::dropOldest)
{
}

void EventQueue::put(EventPtr& event, EventPtr& shed)
{
    if (m_closed) {
        shed = std::move(event);
    } else if (m_events.size() < m_bound) {
        m_events.push_back(std::move(event));
        count(m_accepted);
    } else if (m_dropOldest) {
        shed = std::exchange(m_events[m_oldest], std::move(event));
        m_oldest = m_oldest + 1 == m_bound ? 0 : m_oldest + 1;
        count(m_accepted);
        count(m_dropped);
    } else {
        shed = std::move(event);
        count(m_dropped);
    }
}

bool EventQueue::startWake() noexcept
{
    return !m_events.empty() && !std::exchange(m_draining, true);
}

EventQueue::Pushed EventQueue::push(EventPtr event)
{
    EventPtr shed;  // released after the lock
    const std::scoped_lock lock(m_lock);
    const std::uint64_t before = dropped();
    put(event, shed);
    return {startWake(), dropped() - before};
}

EventQueue::Pushed EventQueue::push(std::span<const EventSpan> stretches)
{
    std::vector<EventPtr> allShed;  // released after the lock
    const std::scoped_lock lock(m_lock);
    const std::uint64_t before = dropped();
    for (const EventSpan events : stretches) {
        for (const EventPtr& event : events) {
            EventPtr shed;
            EventPtr copy = event;
            put(copy, shed);
            if (shed) {
                allShed.push_back(std::move(shed));
            }
        }
    }
    return {startWake(), dropped() - before};
}

EventQueue::Pushed EventQueue::pushAdopting(EventSpan events)
{
    std::vector<EventPtr> allShed;  // released after the lock
    const std::scoped_lock lock(m_lock);
    const std::uint64_t before = dropped();
    const std::size_t room =
        m_closed ? 0 : m_bound - std::min<std::size_t>(m_bound, m_events.size());
    const std::size_t fit = std::min(room, events.size());
    for (const EventPtr& event : events.first(fit)) {
        m_events.push_back(EventPtr::adopt(event.get()));
    }
    m_accepted.store(accepted() + fit, std::memory_order_relaxed);
    for (const EventPtr& event : events.subspan(fit)) {
        EventPtr shed;
        EventPtr adopted = EventPtr::adopt(event.get());
        put(adopted, shed);
        if (shed) {
            allShed.push_back(std::move(shed));
        }
    }
    return {startWake(), dropped() - before};
}

std::vector<EventPtr> EventQueue::takeAll(bool finish)
{
    std::vector<EventPtr> taken;
    std::size_t oldest = 0;
    {
        const std::scoped_lock lock(m_lock);
        taken.swap(m_events);
        m_events.swap(m_spare);
        oldest = std::exchange(m_oldest, 0);
        m_draining = !finish && !taken.empty();
    }
    std::ranges::rotate(taken, taken.begin() + static_cast<std::ptrdiff_t>(oldest));
    return taken;
}

std::vector<EventPtr> EventQueue::take()
{
    return takeAll(true);
}

std::vector<EventPtr> EventQueue::takeOrFinish()
{
    return takeAll(false);
}

void EventQueue::giveBack(std::vector<EventPtr> taken)
{
    taken.clear();
    if (taken.capacity() <= kSpareEvents) {
        const std::scoped_lock lock(m_lock);
        if (m_spare.capacity() < taken.capacity()) {
            m_spare.swap(taken);
        }
    }
}

void EventQueue::wakeFailed()
{
    const std::scoped_lock lock(m_lock);
    m_draining = false;
}

bool EventQueue::needsWake()
{
    const std::scoped_lock lock(m_lock);
    return startWake();
}

void EventQueue::close()
{
    std::vector<EventPtr> left;
    const std::scoped_lock lock(m_lock);
    m_closed = true;
    left.swap(m_events);
    m_oldest = 0;
}

std::uint64_t EventQueue::waiting() const
{
    const std::scoped_lock lock(m_lock);
    return m_events.size();
}

}  // namespace muster
