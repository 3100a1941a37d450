// SPDX-License-Identifier: Apache-2.0
#include "musterctl/compare_text.h"

#include <fmt/format.h>

#include "musterctl/output.h"

namespace muster::ctl {

namespace {

[[nodiscard]] std::string percent(double share)
{
    return fmt::format("{:+.1f} %", share * 100);
}

[[nodiscard]] std::string signedFigure(double value, const std::string& unit)
{
    return (value > 0 ? "+" : "") + inUnit(value, unit);
}

[[nodiscard]] const char* glyphOf(CompareVerdict verdict)
{
    switch (verdict) {
        case CompareVerdict::better:
            return "✓";
        case CompareVerdict::worse:
            return "✕";
        case CompareVerdict::changed:
            return "≠";
        case CompareVerdict::same:
            return "=";
        case CompareVerdict::notComparable:
            return "–";
    }
    return "";
}

}  // namespace

std::string rowName(const CompareRow& row)
{
    return row.labels.empty() ? row.metric : fmt::format("{}{{{}}}", row.metric, row.labels);
}

std::string figureText(const Known& figure, const std::string& unit)
{
    return figure.known() ? inUnit(figure.value, unit) : "n/a";
}

std::pair<std::string, std::string> effectText(const CompareRow& row)
{
    if (row.verdict == CompareVerdict::notComparable) {
        return {};
    }
    if (!row.effect) {
        return {signedFigure(row.difference, row.unit),
                fmt::format("{} to {}", signedFigure(row.low, row.unit),
                            signedFigure(row.high, row.unit))};
    }
    return {percent(*row.effect),
            fmt::format("{} to {}", percent(row.effectLow), percent(row.effectHigh))};
}

std::string verdictText(const CompareRow& row)
{
    const auto text = fmt::format("{} {}", glyphOf(row.verdict), toString(row.verdict));
    return row.reason.empty() ? text : fmt::format("{} ({})", text, row.reason);
}

std::string sideText(const ComparedSide& side)
{
    return fmt::format("{} run {}, {}, {} samples, {} to {}", side.file.string(), side.run.value,
                       side.workload, count(side.moments), toString(side.range.from),
                       toString(side.range.to));
}

std::string countsText(const CompareAnswer& answer)
{
    return fmt::format(
        "{} worse, {} better, {} changed, {} without a difference of {:.3g} % or "
        "more, {} not comparable",
        answer.count(CompareVerdict::worse), answer.count(CompareVerdict::better),
        answer.count(CompareVerdict::changed), answer.count(CompareVerdict::same),
        answer.least * 100, answer.count(CompareVerdict::notComparable));
}

}  // namespace muster::ctl
