// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "events/catalogue.h"
#include "events/fields.h"
#include "events/source.h"

namespace muster {

/// Something that happened. One allocation from the engine's EventPool holds it with its data;
/// never changed once published, and shared by all who got it. Made by Publisher or EventPool.
/// Thread safety: read from any thread.
class Event {
    // First what every event's way touches, on its first cache line.
    mutable std::atomic<std::uint32_t> m_references{1};
    std::uint32_t m_dataBytes = 0;
    const EventInfo* m_info = nullptr;
    void* m_pool = nullptr;  // the pool's core
    std::uint8_t m_sizeClass = 0;

public:
    bool durable = false;
    /// It happened once, in another run, and is only played again: no fact of this one. `cause` is
    /// the event as it was, `at` when it was, `trace` the replay.
    bool replayed = false;
    TypeId type;
    Source source;
    WallTime at;
    MonoTime mono;
    EventId id;
    EventId cause;
    TraceId trace;
    CorrelationId correlation;

    [[nodiscard]] std::string_view typeName() const noexcept { return m_info->name; }
    [[nodiscard]] const EventInfo& info() const noexcept { return *m_info; }
    [[nodiscard]] FieldView data() const noexcept
    {
        return FieldView({reinterpret_cast<const std::byte*>(this + 1), m_dataBytes});
    }
    /// What it takes in memory, its data included.
    [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(Event) + m_dataBytes; }

    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

private:
    friend class EventPool;
    friend class EventPtr;

    Event() = default;
    ~Event() = default;

    void addReferences(std::uint32_t count) const noexcept
    {
        m_references.fetch_add(count, std::memory_order_relaxed);
    }
    void addReferencesAlone(std::uint32_t count) const noexcept
    {
        if (m_references.load(std::memory_order_acquire) == 1) {
            m_references.store(1 + count, std::memory_order_relaxed);
        } else {
            addReferences(count);
        }
    }
    void release() const noexcept
    {
        // The last owner needs no locked instruction: nobody else can add a reference.
        if (m_references.load(std::memory_order_acquire) == 1 ||
            m_references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            recycle(this);
        }
    }
    static void recycle(const Event* event) noexcept;
};

/// A counted reference to an event, of one pointer's size.
class EventPtr {
public:
    EventPtr() = default;
    EventPtr(const EventPtr& other) noexcept : m_event(other.m_event)
    {
        if (m_event != nullptr) {
            m_event->addReferences(1);
        }
    }
    EventPtr(EventPtr&& other) noexcept : m_event(std::exchange(other.m_event, nullptr)) {}
    EventPtr& operator=(EventPtr other) noexcept
    {
        std::swap(m_event, other.m_event);
        return *this;
    }
    ~EventPtr()
    {
        if (m_event != nullptr) {
            m_event->release();
        }
    }

    [[nodiscard]] const Event* get() const noexcept { return m_event; }
    [[nodiscard]] const Event& operator*() const noexcept { return *m_event; }
    [[nodiscard]] const Event* operator->() const noexcept { return m_event; }
    [[nodiscard]] explicit operator bool() const noexcept { return m_event != nullptr; }
    friend bool operator==(const EventPtr&, const EventPtr&) = default;

    /// Takes over a reference that detach() gave, or that addReferences() made.
    [[nodiscard]] static EventPtr adopt(const Event* event) noexcept { return EventPtr(event); }
    [[nodiscard]] const Event* detach() noexcept { return std::exchange(m_event, nullptr); }
    /// Makes `count` references at once, for adopt() by as many owners.
    void addReferences(std::uint32_t count) const noexcept { m_event->addReferences(count); }
    /// The same where no other thread can get at this very pointer: without a locked instruction
    /// while it is the only one.
    void addReferencesAlone(std::uint32_t count) const noexcept
    {
        m_event->addReferencesAlone(count);
    }

private:
    explicit EventPtr(const Event* event) noexcept : m_event(event) {}

    const Event* m_event = nullptr;
};

}  // namespace muster
