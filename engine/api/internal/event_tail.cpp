// SPDX-License-Identifier: Apache-2.0
#include "api/internal/event_tail.h"

#include <algorithm>
#include <iterator>

namespace muster {

namespace {

/// What waits between two flushes of a busy second; the oldest of more is shed.
[[nodiscard]] SubscribeOptions queueFor(std::uint32_t rowsPerSecond)
{
    SubscribeOptions options;
    options.bound = std::max<std::uint32_t>(256, rowsPerSecond);
    options.overflow = OverflowPolicy::dropOldest;
    return options;
}

/// Takes out the oldest `over` that are not durable; how many those were.
[[nodiscard]] std::size_t shed(std::vector<EventRow>& rows, std::size_t over)
{
    std::size_t left = over;
    std::erase_if(rows, [&left](const EventRow& row) {
        const bool out = !row.durable && left > 0;
        left -= out ? 1 : 0;
        return out;
    });
    return over - left;
}

}  // namespace

EventTail::EventTail(EventBus& bus, EventQuery query, std::uint32_t rowsPerSecond, RunId run,
                     Rows rows)
    : m_bus(bus),
      m_query(std::move(query)),
      m_rowsPerSecond(std::max<std::uint32_t>(1, rowsPerSecond)),
      m_run(run),
      m_rows(std::move(rows)),
      m_durable(queueFor(rowsPerSecond)),
      m_others(queueFor(rowsPerSecond))
{
}

Result<std::unique_ptr<EventTail>> EventTail::subscribe(EventBus& bus, EventQuery query,
                                                        std::uint32_t rowsPerSecond, RunId run,
                                                        Rows rows)
{
    auto pattern = TopicPattern::parse(query.type.empty() ? "**" : query.type);
    if (!pattern) {
        return pattern.error();
    }
    std::unique_ptr<EventTail> tail(
        new EventTail(bus, std::move(query), rowsPerSecond, run, std::move(rows)));
    tail->m_subscription = bus.subscribeDirect({*std::move(pattern)}, *tail);
    return tail;
}

EventTail::~EventTail()
{
    m_bus.unsubscribe(m_subscription);
}

void EventTail::accept(const EventPtr& event)
{
    (void)(event->durable ? m_durable : m_others).push(event);
}

void EventTail::flush(MonoTime now)
{
    const double passed =
        m_flushedAt ? static_cast<double>((now - *m_flushedAt).count()) / 1e9 : 0.1;
    m_flushedAt = now;
    m_allowed = std::min(m_rowsPerSecond, m_allowed + passed * m_rowsPerSecond);
    auto events = m_durable.take();
    const auto durable = static_cast<std::ptrdiff_t>(events.size());
    std::ranges::move(m_others.take(), std::back_inserter(events));
    std::ranges::inplace_merge(events, events.begin() + durable, {},
                               [](const EventPtr& event) { return event->id.sequence; });
    std::vector<EventRow> rows;
    for (const auto& event : events) {
        auto row = toRow(*event, m_run);
        if (meets(m_query, row)) {
            rows.push_back(std::move(row));
        }
    }
    const auto dropped = m_durable.dropped() + m_others.dropped();
    auto skipped = dropped - std::exchange(m_droppedBefore, dropped);
    const auto most = static_cast<std::size_t>(std::max(m_allowed, 0.0));
    if (rows.size() > most) {
        skipped += shed(rows, rows.size() - most);
    }
    m_allowed -= static_cast<double>(rows.size());
    if (!rows.empty() || skipped > 0) {
        m_rows(std::move(rows), skipped);
    }
}

}  // namespace muster
