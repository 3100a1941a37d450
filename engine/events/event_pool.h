// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "events/event.h"

namespace muster {

/// Where events live: blocks of a few sizes, kept in a small stock per thread and exchanged by
/// the batch, so that an event made by one thread and released by another costs no lock.
/// Blocks are reused, never given back before the pool goes; events may outlive the pool.
/// Thread safety: create and release from any thread; destroyed when no thread is inside.
class EventPool {
public:
    EventPool();
    EventPool(const EventPool&) = delete;
    EventPool& operator=(const EventPool&) = delete;
    ~EventPool();

    /// An event with room for `dataBytes`, which the caller fills before sharing it.
    [[nodiscard]] Event* create(const EventInfo& info, std::size_t dataBytes);
    /// What one of many is to be, and then is.
    struct Order {
        const EventInfo* info = nullptr;
        std::size_t dataBytes = 0;
        Event* event = nullptr;
    };
    /// The same for each of a few at the cost of finding the thread's stock once.
    void createEach(std::span<Order> orders);
    [[nodiscard]] static std::byte* data(Event* event) noexcept
    {
        return reinterpret_cast<std::byte*>(event + 1);
    }

    /// Events made and not yet released. Exact when no thread is inside.
    [[nodiscard]] std::uint64_t live() const noexcept;
    /// Bytes taken from the system.
    [[nodiscard]] std::uint64_t reserved() const noexcept;

private:
    friend class Event;
    class Core;
    [[nodiscard]] Event* make(void* memory, std::uint8_t sizeClass, const EventInfo& info,
                              std::size_t dataBytes) const noexcept;
    Core* m_core;
};

}  // namespace muster
