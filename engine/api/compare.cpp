// SPDX-License-Identifier: Apache-2.0
#include "api/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/internal/measured.h"
#include "telemetry/catalogue.h"

namespace muster {

namespace {

Error at(Error error, const std::filesystem::path& file)
{
    error.where = error.where.empty() ? file.string() : error.where;
    return error;
}

Result<StoredRun> runOf(const StoredSession& session, const CompareSide& side)
{
    for (auto run = session.runs.rbegin(); run != session.runs.rend(); ++run) {
        if (!side.run || run->id == *side.run) {
            return *run;
        }
    }
    return Error{ErrorCode::notFound,
                 session.runs.empty() ? std::string("the session has no run")
                                      : fmt::format("there is no run {}, the session has {}",
                                                    side.run->value, session.runs.size()),
                 side.file.string(), "Name another run, or another session"};
}

struct Side {
    ComparedSide about;
    MeasuredSide measured;
};

Result<Side> readSide(const CompareSide& side, const std::vector<std::string>& metrics,
                      const std::function<bool()>& goOn)
{
    auto reader = SessionReader::open(side.file);
    if (!reader) {
        return reader.error();
    }
    const auto info = (*reader)->info();
    if (!info) {
        return at(info.error(), side.file);
    }
    const auto run = runOf(*info, side);
    if (!run) {
        return run.error();
    }
    auto measured = readMeasured(**reader, run->id, side.range, metrics, goOn);
    if (!measured) {
        return at(measured.error(), side.file);
    }
    return Side{{.file = side.file,
                 .run = run->id,
                 .runStartedAt = run->startedAt,
                 .workload = run->workload,
                 .build = run->build,
                 .machine = run->machine,
                 .range = measured->range,
                 .moments = measured->moments},
                std::move(measured->side)};
}

std::string betterOf(Direction direction)
{
    return direction == Direction::neutral       ? "neither"
           : direction == Direction::lowerBetter ? "lower"
                                                 : "higher";
}

static_assert(static_cast<int>(CompareVerdict::better) == static_cast<int>(Verdict::better));
static_assert(static_cast<int>(CompareVerdict::changed) == static_cast<int>(Verdict::changed));
static_assert(static_cast<int>(CompareVerdict::notComparable) ==
              static_cast<int>(Verdict::notComparable));

CompareRow toRow(Comparison&& from)
{
    return {.metric = std::move(from.metric),
            .labels = std::move(from.labels),
            .unit = std::move(from.unit),
            .figure = std::move(from.figure),
            .better = betterOf(from.direction),
            .a = {from.a.value, from.a.missing},
            .b = {from.b.value, from.b.missing},
            .effect = from.effect,
            .effectLow = from.effectLow,
            .effectHigh = from.effectHigh,
            .difference = from.difference,
            .low = from.low,
            .high = from.high,
            .chance = from.chance,
            .verdict = static_cast<CompareVerdict>(from.verdict),
            .reason = std::move(from.reason)};
}

}  // namespace

std::string_view toString(CompareVerdict verdict) noexcept
{
    return toString(static_cast<Verdict>(verdict));
}

std::size_t CompareAnswer::count(CompareVerdict verdict) const noexcept
{
    return static_cast<std::size_t>(std::ranges::count(rows, verdict, &CompareRow::verdict));
}

std::string_view compareMethod() noexcept
{
    return "Means of samples and percentiles of merged histograms; standard errors by a circular "
           "block bootstrap (Politis and Romano 1992), blocks by Politis and White (2004); each "
           "interval by itself holds with 95 %. A verdict takes the number of figures into account "
           "(Benjamini and Hochberg 1995): of those found at most 0.5 % are expected to be wrong. "
           "The intervals hold what varies within the two stretches of time; what differs from one "
           "run to the next of the same program, two runs cannot tell.";
}

Result<CompareAnswer> compareSessions(const CompareQuery& query, const std::function<bool()>& goOn)
{
    for (const std::string& metric : query.metrics) {
        if (findMetric(metric) == nullptr) {
            return Error{ErrorCode::notFound,
                         fmt::format("there is no metric \"{}\"", metric),
                         {},
                         "Name one that `musterctl doctor --reference` lists"};
        }
    }
    auto a = readSide(query.a, query.metrics, goOn);
    auto b = a ? readSide(query.b, query.metrics, goOn) : a;
    if (!a || !b) {
        return a ? b.error() : a.error();
    }
    ComparisonOptions options;
    options.least = query.least;
    options.seed = query.seed;
    CompareAnswer answer{
        .a = std::move(a->about), .b = std::move(b->about), .least = query.least, .rows = {}};
    for (Comparison& row : compareSides(a->measured, b->measured, options, goOn)) {
        answer.rows.push_back(toRow(std::move(row)));
    }
    if (goOn && !goOn()) {
        return Error{ErrorCode::cancelled, "it was cancelled", {}, {}};
    }
    return answer;
}

}  // namespace muster
