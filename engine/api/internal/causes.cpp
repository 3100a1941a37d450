// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "api/report.h"
#include "storage/session_reader.h"

namespace muster {

namespace {

constexpr Duration kLongest = std::chrono::seconds(60);
/// What is needed on each side, at a sample a second (ComparisonOptions needs twenty).
constexpr Duration kShortest = std::chrono::seconds(21);

const std::vector<std::string>& keyMetrics()
{
    static const std::vector<std::string> kMetrics{"actions.completed", "actions.failed",
                                                   "actions.latency",   "load.achieved",
                                                   "mailbox.waiting",   "calls.rejected"};
    return kMetrics;
}

struct Marked {
    std::vector<StoredMark> marks;
};

Result<Marked> readMarks(const CompareSide& side, RunId& run)
{
    auto reader = SessionReader::open(side.file);
    if (!reader) {
        return reader.error();
    }
    const auto info = (*reader)->info();
    auto marks = (*reader)->marks({});
    if (!info || !marks) {
        return info ? marks.error() : info.error();
    }
    run = side.run.value_or(info->runs.empty() ? RunId{} : info->runs.back().id);
    Marked marked;
    for (StoredMark& mark : *marks) {
        const bool within =
            !side.range || (mark.at >= side.range->from && mark.at <= side.range->to);
        if (mark.run == run && within) {
            marked.marks.push_back(std::move(mark));
        }
    }
    std::ranges::stable_sort(marked.marks, {}, &StoredMark::at);
    return marked;
}

/// Begin and end of the run are no changes within it.
bool isChange(const StoredMark& mark)
{
    return mark.kind != "run";
}

std::string tooNear(const StoredMark& other, bool before)
{
    return fmt::format("\"{}\" is too near {} it", other.text, before ? "before" : "after");
}

/// Marks that follow each other so soon are told as one change.
constexpr Duration kTogether = std::chrono::seconds(2);

/// What lies between the marks from `first` to `last` and those beside them.
Cause windowsOf(const std::vector<StoredMark>& marks, std::size_t first, std::size_t last)
{
    const Duration least{1};
    const WallTime begin = marks[first].at;
    const WallTime end = marks[last].at;
    Cause cause{.at = begin,
                .kind = marks[first].kind,
                .text = marks[first].text,
                .unclear = {},
                .before = {begin - kLongest, begin - least},
                .after = {end, end + kLongest},
                .effects = {}};
    for (std::size_t i = first + 1; i <= last; ++i) {
        cause.text += "; " + marks[i].text;
    }
    if (first > 0) {
        cause.before.from = std::max(cause.before.from, marks[first - 1].at);
        if (begin - marks[first - 1].at < kShortest) {
            cause.unclear = tooNear(marks[first - 1], true);
        }
    }
    if (last + 1 < marks.size()) {
        cause.after.to = std::min(cause.after.to, marks[last + 1].at - least);
        if (cause.unclear.empty() && marks[last + 1].at - end < kShortest) {
            cause.unclear = tooNear(marks[last + 1], false);
        }
    }
    return cause;
}

Result<void> addEffects(Cause& cause, const std::filesystem::path& file, RunId run,
                        const std::function<bool()>& goOn)
{
    CompareQuery query{.a = {file, run, cause.before}, .b = {file, run, cause.after}};
    query.metrics = keyMetrics();
    auto answer = compareSessions(query, goOn);
    if (!answer) {
        if (answer.error().code != ErrorCode::invalidArgument) {
            return answer.error();
        }
        cause.unclear = "there are no samples on one side of it";
        return {};
    }
    for (CompareRow& row : answer->rows) {
        if (row.verdict != CompareVerdict::notComparable) {
            cause.effects.push_back(std::move(row));
        }
    }
    if (cause.effects.empty()) {
        cause.unclear = "there are too few samples beside it";
    }
    return {};
}

}  // namespace

Result<std::vector<Cause>> causesOf(const CompareSide& side, const std::function<bool()>& goOn)
{
    RunId run;
    const auto marked = readMarks(side, run);
    if (!marked) {
        return marked.error();
    }
    std::vector<Cause> causes;
    const auto& marks = marked->marks;
    for (std::size_t first = 0, last = 0; first < marks.size(); first = last + 1) {
        last = first;
        if (!isChange(marks[first])) {
            continue;
        }
        while (last + 1 < marks.size() && isChange(marks[last + 1]) &&
               marks[last + 1].at - marks[last].at <= kTogether) {
            ++last;
        }
        Cause cause = windowsOf(marks, first, last);
        if (cause.unclear.empty()) {
            if (auto done = addEffects(cause, side.file, run, goOn); !done) {
                return done.error();
            }
        }
        causes.push_back(std::move(cause));
    }
    return causes;
}

}  // namespace muster
