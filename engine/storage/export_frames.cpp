// SPDX-License-Identifier: Apache-2.0
#include "storage/export_frames.h"

#include "storage/internal/frame_scan.h"
#include "storage/internal/reader_state.h"

namespace muster {

Result<std::vector<StoredSeries>> storedSeries(SessionReader& session)
{
    const ReadMoment moment(session.state().database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    const auto rows = readSeries(session.state());
    if (!rows) {
        return rows.error();
    }
    std::vector<StoredSeries> all;
    for (const SeriesRow& row : *rows) {
        all.push_back({row.number, row.name, row.labels, row.unit, row.kind});
    }
    return all;
}

Result<void> visitFrames(SessionReader& session, const std::optional<StoredRange>& range,
                         std::optional<RunId> run,
                         const std::function<bool(const StoredFrame&)>& visit)
{
    const ReadMoment moment(session.state().database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    auto frames = FrameScan::open(session.state(), range, run);
    if (!frames) {
        return frames.error();
    }
    const Frame* current = nullptr;
    StoredFrame shown{.at = {},
                      .run = {},
                      .value = [&](std::size_t number) { return current->points[number - 1]; },
                      .buckets = [&](std::size_t number) { return current->buckets.of(number); }};
    return frames->run([&](const Frame& frame) {
        current = &frame;
        shown.at = frame.at;
        shown.run = frame.run;
        return visit(shown);
    });
}

}  // namespace muster
