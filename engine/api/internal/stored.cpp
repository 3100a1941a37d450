// SPDX-License-Identifier: Apache-2.0
#include "api/internal/stored.h"

#include <algorithm>

namespace muster {

EventRow toRow(const StoredEvent& event)
{
    return {.id = event.id,
            .at = event.at,
            .type = event.type,
            .source = event.source,
            .data = event.data,
            .trace = event.trace,
            .cause = event.cause,
            .correlation = event.correlation,
            .run = event.run,
            .durable = event.durable,
            .replayed = false};
}

std::optional<StoredRange> toStored(const std::optional<TimeRange>& range)
{
    return range ? std::optional(StoredRange{range->from, range->to}) : std::nullopt;
}

StoredEventQuery toStored(const EventQuery& query)
{
    return {.type = query.type,
            .anyOf = {},
            .source = query.source,
            .text = query.text,
            .trace = query.trace,
            .correlation = query.correlation,
            .range = toStored(query.range),
            .run = {},
            .after = {},
            .afterId = query.after,
            .newestFirst = query.newestFirst,
            .limit = query.limit};
}

Result<EventPage> readEvents(SessionReader& reader, const EventQuery& query)
{
    const auto stored = reader.events(toStored(query));
    if (!stored) {
        return stored.error();
    }
    EventPage page{.rows = {}, .more = stored->more};
    page.rows.reserve(stored->rows.size());
    std::ranges::transform(stored->rows, std::back_inserter(page.rows),
                           [](const StoredEvent& event) { return toRow(event); });
    return page;
}

Result<HistoryPage> readHistory(SessionReader& reader, const HistoryQuery& query)
{
    StoredMetricQuery wanted{.metrics = {},
                             .range = {query.range.from, query.range.to},
                             .run = {},
                             .maxPoints = query.maxPoints};
    for (const auto series : query.series) {
        wanted.metrics.emplace_back(seriesInfo(series).metric);
    }
    const auto stored = reader.metrics(wanted);
    if (!stored) {
        return stored.error();
    }
    HistoryPage page;
    page.resolution = stored->resolution;
    for (const auto series : query.series) {
        auto& found = page.series.emplace_back(HistorySeries{series, {}});
        for (const auto& candidate : stored->series) {
            if (candidate.labels.empty() && candidate.metric == seriesInfo(series).metric) {
                for (const auto& point : candidate.points) {
                    found.points.push_back({point.at, point.value, point.min, point.max});
                }
            }
        }
    }
    for (const auto& mark : stored->marks) {
        page.marks.push_back(
            {mark.at, mark.kind, mark.text, static_cast<std::uint64_t>(mark.sequence)});
    }
    return page;
}

}  // namespace muster
