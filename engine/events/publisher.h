// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread_slot.h"
#include "events/event_pool.h"
#include "events/event_sink.h"
#include "events/type_registry.h"

namespace muster {

/// What an event is part of. All optional.
struct EventMeta {
    TraceId trace;
    EventId cause;
    CorrelationId correlation;
    std::optional<bool> durable;  ///< default: as the catalogue says of the type
};

/// An event before it has an id and a time.
struct EventDraft {
    TypeId type;
    Source source;
    FieldView data;
    EventMeta meta;
};

struct PublisherOptions {
    std::uint64_t origin = 1;  ///< drawn from the run's seed
    /// Holds every event to the catalogue: one that has an unknown type, an unknown field or a
    /// field of another kind is refused, counted and logged.
#ifdef NDEBUG
    bool checked = false;
#else
    bool checked = true;
#endif
    Logger logger;
};

/// Stamps events with id and time and hands them to the sink, on the caller's thread.
/// Thread safety: any thread. Events of one thread reach the sink in order.
class Publisher {
public:
    Publisher(EventSink& sink, TypeRegistry& types, EventPool& pool, std::shared_ptr<Clock> clock,
              PublisherOptions options = {});

    /// The event's id, for those that name it as their cause; none when it was refused.
    EventId publish(TypeId type, Source source, std::initializer_list<Field> fields,
                    const EventMeta& meta = {});
    EventId publish(const EventDraft& draft);
    /// The same data under each of the types in turn, 1 to kMostTypes of them, at one time and
    /// with ids that follow each other: a step that is several events. The first one's id; none
    /// when one of them was refused, and then none is published.
    EventId publishEach(std::initializer_list<TypeId> types, Source source,
                        std::initializer_list<Field> fields, const EventMeta& meta = {});
    static constexpr std::size_t kMostTypes = 4;
    /// One time and one run of ids for all; the sink gets them in one call. Returns the id of
    /// the first; the rest follow without gaps. Those that were refused have none: their places
    /// among the drafts are appended to `refused`.
    EventId publishBatch(std::span<const EventDraft> drafts,
                         std::vector<std::size_t>* refused = nullptr);

    /// What happened in another run, once more, for those who listen; marked as what it is, with
    /// an id of its own, and not one of those published(). `meta.cause` is its id of then.
    EventId replay(const EventDraft& draft, WallTime at);

    [[nodiscard]] std::uint64_t published() const noexcept
    {
        const auto replayed = m_replayed.load(std::memory_order_relaxed);
        return m_sequence.load(std::memory_order_relaxed) - replayed;
    }
    [[nodiscard]] std::uint64_t replayed() const noexcept
    {
        return m_replayed.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t refused() const noexcept
    {
        return m_refused.load(std::memory_order_relaxed);
    }
    [[nodiscard]] TypeRegistry& types() noexcept { return m_types; }
    [[nodiscard]] const Clock& clock() const noexcept { return *m_clock; }

private:
    struct Times {
        MonoTime mono;
        WallTime wall;
    };

    [[nodiscard]] bool refuses(const EventInfo* info, FieldView fields);
    [[nodiscard]] Times readClock() noexcept;
    [[nodiscard]] EventPtr finish(Event* event, TypeId type, Source source, const EventMeta& meta,
                                  Times times, std::uint64_t sequence) const noexcept;
    [[nodiscard]] Event* copy(const EventInfo& info, FieldView data);
    [[nodiscard]] Event* encode(const EventInfo& info, std::initializer_list<Field> fields);
    EventId send(Event* event, TypeId type, Source source, const EventMeta& meta);
    void refuse(std::string_view why);

    EventSink& m_sink;
    TypeRegistry& m_types;
    EventPool& m_pool;
    std::shared_ptr<Clock> m_clock;
    PublisherOptions m_options;

    alignas(kCacheLine) std::atomic<std::uint64_t> m_sequence{0};
    alignas(kCacheLine) std::atomic<std::int64_t> m_wallOffset{0};
    std::atomic<std::int64_t> m_offsetReadAt{0};
    std::atomic<std::uint64_t> m_refused{0};
    std::atomic<std::uint64_t> m_replayed{0};
};

}  // namespace muster
