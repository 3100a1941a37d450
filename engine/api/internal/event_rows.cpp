// SPDX-License-Identifier: Apache-2.0
#include "api/internal/event_rows.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "events/topic_pattern.h"

namespace muster {

namespace {

[[nodiscard]] bool contains(std::string_view text, std::string_view word)
{
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    return std::ranges::search(text, word, same).begin() != text.end() || word.empty();
}

/// Each word of the text must stand in the type, the source or the data.
[[nodiscard]] bool meetsText(std::string_view text, const EventRow& row)
{
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        if (!contains(row.type, word) && !contains(row.source, word) && !contains(row.data, word)) {
            return false;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

}  // namespace

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
            .durable = event.durable};
}

bool meets(const EventQuery& query, const EventRow& row)
{
    return (query.source.empty() || query.source == row.source) &&
           (!query.trace || *query.trace == row.trace) &&
           (!query.correlation || *query.correlation == row.correlation) &&
           meetsText(query.text, row);
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
