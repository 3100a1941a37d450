// SPDX-License-Identifier: Apache-2.0
#include "api/internal/history.h"

#include <algorithm>

#include "api/internal/stored.h"

namespace muster {

namespace {

[[nodiscard]] Duration resolutionOf(const HistoryQuery& query)
{
    const auto length = std::max<std::int64_t>(0, (query.range.to - query.range.from).count());
    const auto points = static_cast<std::int64_t>(std::max<std::size_t>(1, query.maxPoints));
    return Duration{(length + points - 1) / points};
}

/// What the session holds before `memorySince`, at about the resolution of the rest.
[[nodiscard]] Result<HistoryPage> storedPart(SessionReader& session, const HistoryQuery& query,
                                             WallTime memorySince, Duration resolution)
{
    HistoryQuery before = query;
    before.range.to = std::min(query.range.to, memorySince - Duration(1));
    const auto length = (before.range.to - before.range.from).count();
    before.maxPoints = static_cast<std::size_t>(
        std::max<std::int64_t>(1, length / std::max<std::int64_t>(1, resolution.count())));
    return readHistory(session, before);
}

void addMarks(HistoryPage& page, const MarkLog& marks, const HistoryQuery& query,
              WallTime memorySince)
{
    std::erase_if(page.marks, [memorySince](const Mark& mark) { return mark.at >= memorySince; });
    for (auto& mark : marks.marks()) {
        const bool stored = !page.marks.empty() && mark.at < memorySince;
        if (mark.at >= query.range.from && mark.at <= query.range.to && !stored) {
            page.marks.push_back(std::move(mark));
        }
    }
}

}  // namespace

Result<HistoryPage> historyPage(const FrameMemory& memory, const MarkLog& marks,
                                SessionReader* session, const HistoryQuery& query)
{
    const auto resolution = resolutionOf(query);
    const auto since = memory.since().value_or(query.range.to + Duration(1));
    HistoryPage page;
    if (session != nullptr && query.range.from < since) {
        auto stored = storedPart(*session, query, since, resolution);
        if (!stored) {
            return stored.error();
        }
        page = *std::move(stored);
    } else {
        for (const auto series : query.series) {
            page.series.push_back({series, {}});
        }
    }
    page.resolution = std::max(page.resolution, resolution);
    for (auto& each : page.series) {
        auto recent = memory.points(each.series, query.range, resolution);
        each.points.insert(each.points.end(), recent.begin(), recent.end());
    }
    addMarks(page, marks, query, session != nullptr ? since : query.range.from);
    return page;
}

}  // namespace muster
