// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "events/event.h"

namespace muster {

/// Takes events from below: the bus, the store, a test's list. Must return soon, must not
/// throw, and keeps a copy of the pointer when it needs the event later.
/// Thread safety: called from any thread; events of one publishing thread come in its order.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void accept(const EventPtr& event) = 0;
    /// As accept(), for those who need the event no more: saves a sink that keeps it a reference.
    virtual void take(EventPtr event) { accept(event); }
    /// Many at once, in order; for sinks that can do better than one by one.
    virtual void acceptBatch(std::span<const EventPtr> events)
    {
        for (const EventPtr& event : events) {
            accept(event);
        }
    }
    /// As acceptBatch(), for those who need the events no more.
    virtual void takeBatch(std::span<EventPtr> events) { acceptBatch(events); }
};

}  // namespace muster
