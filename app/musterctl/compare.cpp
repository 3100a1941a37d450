// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/report.h"
#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/compare_text.h"
#include "musterctl/history_arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

void printTable(Output& output, const CompareAnswer& answer, bool all)
{
    output.line("A  " + sideText(answer.a));
    output.line("B  " + sideText(answer.b));
    output.line("");
    std::size_t width = 20;
    for (const auto& row : answer.rows) {
        width = std::max(width, rowName(row).size());
    }
    output.line(fmt::format("{:<{}}  {:>12}  {:>12}  {:>9}  {:<22}  {}", "metric", width, "A", "B",
                            "effect", "95 % interval", "verdict"));
    for (const auto& row : answer.rows) {
        if (!all && row.verdict == CompareVerdict::same) {
            continue;
        }
        const auto [effect, interval] = effectText(row);
        output.line(fmt::format("{:<{}}  {:>12}  {:>12}  {:>9}  {:<22}  {}", rowName(row), width,
                                figureText(row.a, row.unit), figureText(row.b, row.unit), effect,
                                interval, verdictText(row)));
    }
    output.line("");
    output.line(countsText(answer));
    output.line(std::string(compareMethod()));
}

[[nodiscard]] bool fails(const CompareAnswer& answer, const std::string& on)
{
    return (!on.empty() && answer.count(CompareVerdict::worse) > 0) ||
           (on == "changed" && (answer.count(CompareVerdict::changed) > 0 ||
                                answer.count(CompareVerdict::better) > 0));
}

}  // namespace

Result<CompareSide> resolve(const CompareSideArguments& arguments)
{
    CompareSide side = arguments.side;
    if (!arguments.range) {
        return side;
    }
    const auto session = Session::open(side.file);
    const auto info = session ? (*session)->info() : Result<SessionInfo>(session.error());
    if (!info) {
        return info.error();
    }
    WallTime start{};
    for (const auto& run : info->runs) {
        start = !side.run || run.id == *side.run ? run.startedAt : start;
    }
    const auto time = [start](const RangeEnd& end, WallTime otherwise) {
        return end.at ? *end.at : end.after ? start + *end.after : otherwise;
    };
    constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
    side.range = TimeRange{time(arguments.range->from, WallTime{0}),
                           time(arguments.range->to, WallTime{kLast})};
    if (side.range->from > side.range->to) {
        return Error{ErrorCode::invalidArgument, "the range ends before it begins",
                     side.file.string(), "Give FROM..TO with FROM first"};
    }
    return side;
}

int compare(const CompareArguments& arguments)
{
    const auto a = resolve(arguments.a);
    const auto b = resolve(arguments.b);
    if (!a || !b) {
        const Error& error = a ? b.error() : a.error();
        complain(error);
        return exitCodeOf(error);
    }
    CompareQuery query = arguments.query;
    query.a = *a;
    query.b = *b;
    query.least = arguments.leastPercent / 100;
    const auto answer = compareSessions(query);
    if (!answer) {
        complain(answer.error());
        return exitCodeOf(answer.error());
    }
    Output output;
    if (arguments.format == Format::jsonl) {
        output.line(compareJson(*answer));
    } else {
        printTable(output, *answer, arguments.all);
    }
    const int code = finish(output);
    return code == kExitOk && fails(*answer, arguments.failOn) ? kExitFailed : code;
}

}  // namespace muster::ctl
