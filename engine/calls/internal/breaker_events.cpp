// SPDX-License-Identifier: Apache-2.0
#include "calls/internal/breaker_events.h"

namespace muster {
namespace {

EventType typeOf(BreakerState to) noexcept
{
    switch (to) {
        case BreakerState::closed:
            return EventType::breakerClosed;
        case BreakerState::open:
        case BreakerState::forcedOpen:
            return EventType::breakerOpened;
        case BreakerState::halfOpen:
            return EventType::breakerHalfOpened;
        case BreakerState::disabled:
        case BreakerState::metricsOnly:
            break;
    }
    return EventType::breakerBypassed;
}

}  // namespace

void publishBreakerMoves(Publisher& publisher, std::string_view service, const BreakerMoves& moves)
{
    for (std::size_t i = 0; i < moves.size(); ++i) {
        const BreakerMove& move = moves[i];
        Fields fields;
        fields.add("service", service);
        fields.add("from", toString(move.from));
        fields.add("to", toString(move.to));
        fields.add("cause", toString(move.cause));
        fields.add("calls", std::uint64_t{move.tally.calls});
        fields.add("failed", std::uint64_t{move.tally.failed()});
        fields.add("slow", std::uint64_t{move.tally.slow});
        if (move.to == BreakerState::open) {
            fields.add("wait_ns", std::int64_t{move.wait.count()});
        }
        publisher.publish(EventDraft{typeOf(move.to), Component::calls, fields, {}});
    }
}

}  // namespace muster
