// SPDX-License-Identifier: Apache-2.0
#include "api/internal/arrival_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace muster {

namespace {

constexpr std::string_view kMachine = "arrivals";
constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

[[nodiscard]] Error nothing(std::string message, std::string advice)
{
    return {ErrorCode::notFound, std::move(message), {}, std::move(advice)};
}

[[nodiscard]] Result<StoredRun> runOf(SessionReader& reader, const LoadQuery& query)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    const WallTime last = query.to.value_or(kEver);
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        if (query.run ? run->id == *query.run : run->startedAt <= last) {
            return *run;
        }
    }
    return nothing(query.run ? fmt::format("the session has no run {}", query.run->value)
                             : "no run of the session began before that time",
                   fmt::format("It has {} of them, from 1.", info->runs.size()));
}

/// What of a run came when, from its start on.
struct Told {
    std::vector<ArrivalRun> runs;
    Duration tolerance{};
    bool closed = false;
    std::uint64_t lost = 0;
    Duration keptFrom{};  ///< retention deleted what came before
};

/// Empty runs: it keeps none.
[[nodiscard]] Result<Told> arrivalsOf(SessionReader& reader, const StoredRun& run)
{
    const auto records = reader.calls(run.id, {});
    if (!records) {
        return records.error();
    }
    Told told;
    std::optional<std::pair<Duration, std::int64_t>> begun;
    for (const CallLogRecord& record : *records) {
        const auto block =
            record.machine == kMachine
                ? unpack(ArrivalBlock{
                      {record.begin}, record.asked, record.entries, record.lost, record.data})
                : std::nullopt;
        if (!block) {
            continue;
        }
        // By the clock that does not jump, from the first block on.
        if (!begun) {
            begun = {record.at - run.startedAt, record.begin};
        }
        const Duration offset = begun->first + Duration(record.begin - begun->second);
        if (told.runs.empty() && record.asked > 0) {
            told.keptFrom = offset;
        }
        told.tolerance = std::max(told.tolerance, block->tolerance);
        told.closed = block->closed;
        told.lost += record.lost;
        for (ArrivalRun each : block->runs) {
            each.first += offset;
            told.runs.push_back(each);
        }
    }
    // Where wall time was set back, what came later is told as earlier.
    std::ranges::stable_sort(told.runs, {}, &ArrivalRun::first);
    return told;
}

/// Of what was sampled: evenly spread over the time since the sample before.
[[nodiscard]] Result<Told> ratesOf(SessionReader& reader, const StoredRun& run)
{
    StoredMetricQuery query;
    query.metrics = {"load.offered.rate"};
    query.range = {run.startedAt, run.endedAt.value_or(kEver)};
    query.run = run.id;
    query.maxPoints = 0;
    const auto page = reader.metrics(query);
    if (!page) {
        return page.error();
    }
    Told told;
    Duration before{};
    double carry = 0;
    for (const StoredMetricSeries& series : page->series) {
        for (const StoredMetricPoint& point : series.points) {
            const Duration at = point.at - run.startedAt;
            const Duration span = at - before;
            if (span <= Duration::zero()) {
                continue;
            }
            carry += point.value * static_cast<double>(span.count()) / 1e9;
            const auto count = static_cast<std::uint64_t>(std::max(0.0, std::floor(carry)));
            carry -= static_cast<double>(count);
            if (count > 0) {
                const Duration step = span / static_cast<std::int64_t>(count);
                told.runs.push_back({before, span - std::max(step, Duration(1)), count});
            }
            told.tolerance = std::max(told.tolerance, span);
            before = at;
        }
    }
    return told;
}

[[nodiscard]] Duration endOf(const StoredRun& run, const Told& told)
{
    const Duration last =
        told.runs.empty() ? Duration::zero() : told.runs.back().last() + Duration(1);
    return std::max(last, run.endedAt.value_or(run.startedAt) - run.startedAt);
}

[[nodiscard]] std::string noteOf(const Told& told, Duration from)
{
    std::string note;
    if (told.lost > 0) {
        note = fmt::format("{} arrivals were not kept: too many came at once for the session",
                           told.lost);
    }
    if (told.keptFrom > from) {
        note += fmt::format("{}what came before {:.3f} s is gone: retention deleted it",
                            note.empty() ? "" : "; ",
                            std::chrono::duration<double>(told.keptFrom).count());
    }
    return note;
}

void outline(MadeLoad& made)
{
    LoadOutline& out = made.outline;
    const LoadFile& file = made.file;
    out.arrivals = arrivalsOf(file.runs);
    out.runs = file.runs.size();
    out.source = file.source;
    out.error = file.error;
    const double seconds = static_cast<double>(file.length.count()) / 1e9 / LoadOutline::kParts;
    for (const std::uint64_t count : countIn(file.runs, file.length, LoadOutline::kParts)) {
        out.perSecond.push_back(static_cast<double>(count) / seconds);
    }
}

}  // namespace

CallLogRecord toRecord(ArrivalBlock block, const Clock& clock)
{
    return {.at = clock.wall() - (clock.now() - block.begin),
            .service = {},
            .machine = std::string(kMachine),
            .begin = block.begin.nanoseconds,
            .asked = block.before,
            .entries = block.arrivals,
            .lost = block.lost,
            .data = std::move(block.data)};
}

Result<MadeLoad> makeLoad(SessionReader& reader, const LoadQuery& query)
{
    if (!(query.factor >= LoadQuery::kLeastFactor && query.factor <= LoadQuery::kMostFactor)) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("expected a factor from {} to {}, found {}",
                                 LoadQuery::kLeastFactor, LoadQuery::kMostFactor, query.factor),
                     {},
                     {}};
    }
    const auto run = runOf(reader, query);
    auto told = run ? arrivalsOf(reader, *run) : run.error();
    const bool kept = told && !told->runs.empty();
    if (told && !kept) {
        told = ratesOf(reader, *run);
    }
    if (!told) {
        return told.error();
    }
    const Duration end = endOf(*run, *told);
    const auto since = [&run](const std::optional<Duration>& after,
                              const std::optional<WallTime>& at, Duration otherwise) {
        return after ? *after : at ? *at - run->startedAt : otherwise;
    };
    Duration from = since(query.fromStart, query.from, Duration::zero());
    Duration to = since(query.toStart, query.to, end);
    from = std::max(from, Duration::zero());
    to = std::min(to, end);
    MadeLoad made;
    LoadFile& file = made.file;
    file.runs = from < to ? cut(told->runs, from, to) : std::vector<ArrivalRun>();
    if (file.runs.empty()) {
        return nothing(fmt::format("nothing arrived in that part of run {}", run->id.value),
                       "Take a range in which there was load.");
    }
    file.length = to - from;
    file.runs = scaled(file.runs, query.factor, file.length);
    file.factor = query.factor;
    file.source = !kept ? "rates" : told->closed ? "users" : "arrivals";
    // The end of a run may be moved once more to stay before the next one's beginning.
    file.error = kept ? told->tolerance * 2 + Duration(1) : told->tolerance;
    file.workload = run->workload;
    made.outline.run = run->id;
    made.outline.workload = run->workload;
    made.outline.range = {run->startedAt + from, run->startedAt + to};
    made.outline.factor = query.factor;
    made.outline.note = noteOf(*told, from);
    file.recorded = toString(made.outline.range.from);
    outline(made);
    return made;
}

Result<LoadOutline> saveLoad(SessionReader& reader, const LoadQuery& query,
                             const std::filesystem::path& file)
{
    std::ifstream old(file, std::ios::binary);
    std::string head(15, '\0');
    old.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (head == "SQLite format 3") {
        return Error{ErrorCode::invalidArgument, "this is a session; it would be lost",
                     file.string(), "Name another file."};
    }
    auto made = makeLoad(reader, query);
    if (!made) {
        return made.error();
    }
    if (auto saved = saveLoadFile(made->file, file); !saved) {
        return saved.error();
    }
    return std::move(made->outline);
}

}  // namespace muster
