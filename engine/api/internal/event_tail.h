// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "api/internal/event_rows.h"
#include "events/event_sink.h"
#include "messaging/event_bus.h"
#include "messaging/event_queue.h"

namespace muster {

/// The live tail of the events page: what matches, in order, at most so many rows a second;
/// the rest is counted, durable events the last: they are few, and what an operator looks for.
/// Publishers only put a pointer into a bounded queue.
/// Thread safety: accept() from any thread; flush() from one; destroyed when flush() is over.
class EventTail final : public EventSink {
public:
    using Rows = std::function<void(std::vector<EventRow> rows, std::uint64_t skipped)>;

    /// Errors: invalidArgument for a pattern that is none.
    [[nodiscard]] static Result<std::unique_ptr<EventTail>> subscribe(EventBus& bus,
                                                                      EventQuery query,
                                                                      std::uint32_t rowsPerSecond,
                                                                      RunId run, Rows rows);
    ~EventTail() override;

    void accept(const EventPtr& event) override;
    /// Hands over what came since the last call, as far as the rate allows.
    void flush(MonoTime now);

private:
    EventTail(EventBus& bus, EventQuery query, std::uint32_t rowsPerSecond, RunId run, Rows rows);

    EventBus& m_bus;
    const EventQuery m_query;
    const double m_rowsPerSecond;
    const RunId m_run;
    const Rows m_rows;
    EventQueue m_durable;
    EventQueue m_others;
    SubscriptionId m_subscription;
    std::optional<MonoTime> m_flushedAt;
    double m_allowed = 0;
    std::uint64_t m_droppedBefore = 0;
};

}  // namespace muster
