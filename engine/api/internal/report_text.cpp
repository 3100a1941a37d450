// SPDX-License-Identifier: Apache-2.0
#include "api/internal/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace muster {

namespace {

struct Step {
    double from;
    std::string_view unit;
};

std::string scaled(double value, const auto& steps)
{
    const auto* chosen = &steps.back();
    for (const auto& step : steps) {
        if (std::abs(value) >= step.from) {
            chosen = &step;
            break;
        }
    }
    return fmt::format("{:.3g} {}", value / chosen->from, chosen->unit);
}

std::string withThousands(double value)
{
    auto text = fmt::format("{:.0f}", value);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (value < 0 ? 1 : 0);
         at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

std::string signedPercent(double share)
{
    return fmt::format("{:+.1f} %", share * 100);
}

}  // namespace

std::string figureWithUnit(double value, std::string_view unit)
{
    constexpr std::array kTimes{Step{3600e9, "h"}, Step{60e9, "min"}, Step{1e9, "s"},
                                Step{1e6, "ms"},   Step{1e3, "µs"},   Step{1, "ns"}};
    constexpr std::array kBytes{Step{1073741824.0, "GiB"}, Step{1048576.0, "MiB"},
                                Step{1024.0, "KiB"}, Step{1, "B"}};
    if (unit == "ns") {
        return value == 0 ? "0 ns" : scaled(value, kTimes);
    }
    if (unit == "B") {
        return value == 0 ? "0 B" : scaled(value, kBytes);
    }
    if (unit == "%") {
        return fmt::format("{:.3g} %", value * 100);
    }
    const std::string number =
        std::abs(value) >= 1000 ? withThousands(value) : fmt::format("{:.4g}", value);
    return unit == "1"              ? number
           : unit.starts_with("1/") ? number + std::string(unit.substr(1))
                                    : fmt::format("{} {}", number, unit);
}

std::string figureWithUnit(const Known& figure, std::string_view unit)
{
    return figure.known() ? figureWithUnit(figure.value, unit)
                          : fmt::format("not available ({})", figure.missing);
}

std::string effectWithInterval(const CompareRow& row)
{
    if (row.verdict == CompareVerdict::notComparable) {
        return {};
    }
    if (!row.effect) {
        return fmt::format("{} ({} to {})", figureWithUnit(row.difference, row.unit),
                           figureWithUnit(row.low, row.unit), figureWithUnit(row.high, row.unit));
    }
    return fmt::format("{} ({} to {})", signedPercent(*row.effect), signedPercent(row.effectLow),
                       signedPercent(row.effectHigh));
}

std::string verdictWithGlyph(const CompareRow& row)
{
    static constexpr std::array kGlyphs{"✓", "✕", "≠", "=", "–"};
    const auto text =
        fmt::format("{} {}", kGlyphs[static_cast<std::size_t>(row.verdict)], toString(row.verdict));
    return row.reason.empty() ? text : fmt::format("{} ({})", text, row.reason);
}

std::string rowTitle(const CompareRow& row)
{
    return row.labels.empty() ? row.metric : fmt::format("{}{{{}}}", row.metric, row.labels);
}

std::string shortTime(WallTime time)
{
    const std::string iso = toString(time);
    return fmt::format("{} {} UTC", iso.substr(0, 10), iso.substr(11, 8));
}

std::string sinceStart(WallTime time, WallTime start)
{
    const double seconds = std::chrono::duration<double>(time - start).count();
    const auto minutes = static_cast<int>(seconds / 60);
    return fmt::format("{:02}:{:04.1f}", minutes, std::max(0.0, seconds - minutes * 60.0));
}

std::vector<std::pair<std::string, std::string>> totalsOf(const StoredRun& run)
{
    struct Total {
        const char* key;
        const char* title;
        const char* unit;
    };
    static constexpr std::array kTotals{
        Total{"agents", "Agents", "1"},    Total{"actions", "Actions", "1"},
        Total{"ok", "With a result", "1"}, Total{"failed", "Failed", "1"},
        Total{"p50_ns", "p50", "ns"},      Total{"p99_ns", "p99", "ns"},
        Total{"events", "Events", "1"},    Total{"stored", "Stored", "1"},
        Total{"dropped", "Dropped", "1"}};
    std::vector<std::pair<std::string, std::string>> totals;
    const auto summary = nlohmann::json::parse(run.summaryJson, nullptr, false);
    for (const Total& total : kTotals) {
        if (summary.is_object() && summary.contains(total.key) && summary[total.key].is_number()) {
            totals.emplace_back(total.title,
                                figureWithUnit(summary[total.key].get<double>(), total.unit));
        }
    }
    for (const auto& [key, title] :
         {std::pair{"simulated_ms", "Simulated"}, std::pair{"wall_ms", "Took"}}) {
        if (summary.is_object() && summary.contains(key) && summary[key].is_number()) {
            totals.emplace_back(title, figureWithUnit(summary[key].get<double>() * 1e6, "ns"));
        }
    }
    return totals;
}

std::vector<const CompareRow*> notableRows(const CompareAnswer& answer)
{
    std::vector<const CompareRow*> rows;
    for (const auto verdict : {CompareVerdict::worse, CompareVerdict::better,
                               CompareVerdict::changed, CompareVerdict::notComparable}) {
        for (const CompareRow& row : answer.rows) {
            if (row.verdict == verdict) {
                rows.push_back(&row);
            }
        }
    }
    return rows;
}

}  // namespace muster
