// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/queries.h"
#include "events/event.h"
#include "messaging/event_bus.h"

namespace muster {

[[nodiscard]] EventRow toRow(const Event& event, RunId run);

/// Whether the event meets every condition of the query but its type, range and paging.
[[nodiscard]] bool meets(const EventQuery& query, const EventRow& row);

/// Answers from the bounded memory of a run that is not recorded. Errors: invalidArgument for a
/// pattern or source that is none.
[[nodiscard]] Result<EventPage> readMemory(const EventBus& bus, const EventQuery& query, RunId run);

}  // namespace muster
