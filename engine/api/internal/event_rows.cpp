// SPDX-License-Identifier: Apache-2.0
#include "api/internal/event_rows.h"

#include <algorithm>

#include "events/topic_pattern.h"
#include "storage/text_match.h"

namespace muster {

EventRow toRow(const Event& event, RunId run)
{
    return {.id = event.id,
            .at = event.at,
            .type = std::string(event.typeName()),
            .source = toString(event.source),
            .data = event.data().json(),
            .trace = event.trace,
            .cause = event.cause,
            .correlation = event.correlation,
            .run = run,
            .durable = event.durable,
            .replayed = event.replayed};
}

bool meets(const EventQuery& query, const EventRow& row)
{
    return (query.source.empty() || query.source == row.source) &&
           (!query.trace || *query.trace == row.trace) &&
           (!query.correlation || *query.correlation == row.correlation) &&
           TextMatch(query.text).matches({row.type, row.source}, row.data);
}

Result<EventPage> readMemory(const EventBus& bus, const EventQuery& query, RunId run)
{
    EventHistoryQuery wanted;
    wanted.limit = 0;
    if (!query.type.empty()) {
        auto pattern = TopicPattern::parse(query.type);
        if (!pattern) {
            return pattern.error();
        }
        wanted.pattern = *std::move(pattern);
    }
    if (query.range) {
        wanted.from = query.range->from;
        wanted.until = query.range->to + Duration(1);
    }
    auto found = bus.history(wanted);
    if (query.newestFirst) {
        std::ranges::reverse(found);
    }
    EventPage page;
    bool begun = !query.after;
    for (const auto& event : found) {
        if (!begun) {
            begun = event->id == *query.after;
            continue;
        }
        auto row = toRow(*event, run);
        if (!meets(query, row)) {
            continue;
        }
        if (query.limit != 0 && page.rows.size() == query.limit) {
            page.more = true;
            break;
        }
        page.rows.push_back(std::move(row));
    }
    return page;
}

}  // namespace muster
