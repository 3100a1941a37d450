// SPDX-License-Identifier: Apache-2.0
#include "events/publisher.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <vector>

namespace muster {
namespace {

/// How long the distance between the two clocks is taken to stand: one clock is read an event.
constexpr Duration kOffsetAge = std::chrono::milliseconds(10);

constexpr std::size_t kMadeAtOnce = 32;

void fill(Event* event, FieldView data) noexcept
{
    const auto bytes = data.encoded();
    if (!bytes.empty()) {
        std::memcpy(EventPool::data(event), bytes.data(), bytes.size());
    }
}

}  // namespace

Publisher::Publisher(EventSink& sink, TypeRegistry& types, EventPool& pool,
                     std::shared_ptr<Clock> clock, PublisherOptions options)
    : m_sink(sink),
      m_types(types),
      m_pool(pool),
      m_clock(std::move(clock)),
      m_options(std::move(options))
{
    const MonoTime mono = m_clock->now();
    m_wallOffset.store(m_clock->wall().nanoseconds - mono.nanoseconds);
    m_offsetReadAt.store(mono.nanoseconds);
}

Publisher::Times Publisher::readClock() noexcept
{
    const MonoTime mono = m_clock->now();
    const std::int64_t readAt = m_offsetReadAt.load(std::memory_order_relaxed);
    if (mono.nanoseconds - readAt >= kOffsetAge.count()) [[unlikely]] {
        m_wallOffset.store(m_clock->wall().nanoseconds - mono.nanoseconds,
                           std::memory_order_relaxed);
        m_offsetReadAt.store(mono.nanoseconds, std::memory_order_relaxed);
    }
    return {mono, {mono.nanoseconds + m_wallOffset.load(std::memory_order_relaxed)}};
}

EventPtr Publisher::finish(Event* event, TypeId type, Source source, const EventMeta& meta,
                           Times times, std::uint64_t sequence) const noexcept
{
    event->id = {m_options.origin, sequence};
    event->type = type;
    event->durable = meta.durable.value_or(event->info().durable);
    event->source = source;
    event->trace = meta.trace;
    event->cause = meta.cause;
    event->correlation = meta.correlation;
    event->at = times.wall;
    event->mono = times.mono;
    return EventPtr::adopt(event);
}

void Publisher::refuse(std::string_view why)
{
    m_refused.fetch_add(1, std::memory_order_relaxed);
    m_options.logger.error("event refused: {}", why);
}

bool Publisher::refuses(const EventInfo* info, FieldView fields)
{
    if (info == nullptr) {
        refuse("its type is unknown");
        return true;
    }
    if (m_options.checked) {
        if (const auto wrong = checkFields(*info, fields)) {
            refuse(*wrong);
            return true;
        }
    }
    return false;
}

EventId Publisher::publish(TypeId type, Source source, std::initializer_list<Field> fields,
                           const EventMeta& meta)
{
    const EventInfo* info = m_types.info(type);
    if (m_options.checked || info == nullptr) {
        if (refuses(info, Fields(fields))) {
            return {};
        }
    }
    return send(encode(*info, fields), type, source, meta);
}

EventId Publisher::publishEach(std::initializer_list<TypeId> types, Source source,
                               std::initializer_list<Field> fields, const EventMeta& meta)
{
    assert(types.size() != 0 && types.size() <= kMostTypes);
    std::array<const EventInfo*, kMostTypes> infos;
    std::size_t count = 0;
    for (const TypeId type : types) {
        const EventInfo* info = m_types.info(type);
        if ((m_options.checked || info == nullptr) && refuses(info, Fields(fields))) {
            return {};
        }
        infos[count++] = info;
    }
    const Times times = readClock();
    const auto first = m_sequence.fetch_add(count, std::memory_order_relaxed) + 1;
    std::array<EventPtr, kMostTypes> events;
    for (std::size_t i = 0; i < count; ++i) {
        Event* event = i == 0 ? encode(*infos[i], fields) : copy(*infos[i], events.front()->data());
        events[i] = finish(event, types.begin()[i], source, meta, times, first + i);
    }
    m_sink.takeBatch({events.data(), count});
    return {m_options.origin, first};
}

Event* Publisher::encode(const EventInfo& info, std::initializer_list<Field> fields)
{
    std::size_t bytes = 0;
    for (const Field& field : fields) {
        bytes += field_encoding::size(field);
    }
    Event* event = m_pool.create(info, bytes);
    std::byte* at = EventPool::data(event);
    for (const Field& field : fields) {
        at = field_encoding::write(at, field);
    }
    return event;
}

EventId Publisher::publish(const EventDraft& draft)
{
    const EventInfo* info = m_types.info(draft.type);
    if (refuses(info, draft.data)) {
        return {};
    }
    return send(copy(*info, draft.data), draft.type, draft.source, draft.meta);
}

EventId Publisher::replay(const EventDraft& draft, WallTime at)
{
    const EventInfo* info = m_types.info(draft.type);
    if (info == nullptr) {
        refuse("its type is unknown");
        return {};
    }
    // What an older version wrote need not hold to today's catalogue.
    Event* event = copy(*info, draft.data);
    const auto sequence = m_sequence.fetch_add(1, std::memory_order_relaxed) + 1;
    m_replayed.fetch_add(1, std::memory_order_relaxed);
    EventPtr made = finish(event, draft.type, draft.source, draft.meta, readClock(), sequence);
    event->durable = false;  // it is stored where it happened
    event->replayed = true;
    event->at = at;
    m_sink.take(std::move(made));
    return {m_options.origin, sequence};
}

Event* Publisher::copy(const EventInfo& info, FieldView data)
{
    Event* event = m_pool.create(info, data.encoded().size());
    fill(event, data);
    return event;
}

EventId Publisher::send(Event* event, TypeId type, Source source, const EventMeta& meta)
{
    const auto sequence = m_sequence.fetch_add(1, std::memory_order_relaxed) + 1;
    m_sink.take(finish(event, type, source, meta, readClock(), sequence));
    return {m_options.origin, sequence};
}

EventId Publisher::publishBatch(std::span<const EventDraft> drafts,
                                std::vector<std::size_t>* refused)
{
    std::vector<const EventDraft*> taken;
    std::vector<EventPool::Order> orders;
    taken.reserve(drafts.size());
    orders.reserve(drafts.size());
    for (const EventDraft& draft : drafts) {
        const EventInfo* info = m_types.info(draft.type);
        if (!refuses(info, draft.data)) {
            taken.push_back(&draft);
            orders.push_back({info, draft.data.encoded().size(), nullptr});
        } else if (refused != nullptr) {
            refused->push_back(static_cast<std::size_t>(&draft - drafts.data()));
        }
    }
    if (taken.empty()) {
        return {};
    }
    const Times times = readClock();
    const auto first = m_sequence.fetch_add(taken.size(), std::memory_order_relaxed) + 1;
    std::vector<EventPtr> events;
    events.reserve(taken.size());
    while (events.size() != taken.size()) {
        // Few enough to be filled while they are in the nearest cache.
        const std::size_t from = events.size();
        const std::size_t count = std::min(kMadeAtOnce, taken.size() - from);
        m_pool.createEach(std::span(orders).subspan(from, count));
        for (std::size_t i = from; i < from + count; ++i) {
            const EventDraft& draft = *taken[i];
            fill(orders[i].event, draft.data);
            events.push_back(
                finish(orders[i].event, draft.type, draft.source, draft.meta, times, first + i));
        }
    }
    m_sink.takeBatch(events);
    return {m_options.origin, first};
}

}  // namespace muster
