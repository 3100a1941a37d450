// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "api/engine.h"
#include "api/machine.h"

namespace muster::bench {
namespace {

constexpr double kPicosecondsPerNanosecond = 1000;

[[nodiscard]] double spanNs(const Outcome& outcome, double quantile)
{
    return outcome.spans.quantile(quantile) / kPicosecondsPerNanosecond;
}

[[nodiscard]] std::string spanText(const Outcome& outcome, double quantile)
{
    return outcome.spans.empty() ? "-" : fmt::format("{:.1f}", spanNs(outcome, quantile));
}

[[nodiscard]] nlohmann::ordered_json toJson(const Measured& measured)
{
    const Row& row = *measured.row;
    const Outcome& median = measured.median;
    nlohmann::ordered_json json{{"name", row.name},
                                {"operation", row.operation},
                                {"ops", median.ops},
                                {"ns_per_op", median.nanoseconds()},
                                {"ops_per_s", 1e9 / median.nanoseconds()}};
    if (row.goal != 0) {
        json["goal_ns"] = row.goal;
    }
    if (!median.spans.empty()) {
        json["percentiles_of"] = fmt::format("{} operations", median.opsPerSpan);
        json["p50_ns"] = spanNs(median, 0.5);
        json["p99_ns"] = spanNs(median, 0.99);
        json["p999_ns"] = spanNs(median, 0.999);
        json["max_ns"] = spanNs(median, 1);
    }
    if (median.bytes) {
        json["bytes"] = *median.bytes;
    }
    for (const auto& [name, value] : median.more) {
        json[name] = value;
    }
    json["runs_ns_per_op"] = measured.runs;
    return json;
}

}  // namespace

double residentBytes()
{
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

Measured measure(const Row& row, std::size_t runs, bool quick)
{
    Measured measured{&row, {}, {}};
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < runs; ++i) {
        outcomes.push_back(row.run(quick ? row.quickOps : row.ops));
        measured.runs.push_back(outcomes.back().nanoseconds());
    }
    std::ranges::sort(outcomes, {}, &Outcome::nanoseconds);
    measured.median = std::move(outcomes[outcomes.size() / 2]);
    return measured;
}

std::string tableHead()
{
    return fmt::format("{:<28} {:>12} {:>14} {:>12} {:>12} {:>12} {:>12} {:>9}  {}\n", "row",
                       "ns/op", "op/s", "p50", "p99", "p99.9", "max", "goal", "also");
}

std::string tableLine(const Measured& measured)
{
    const Outcome& median = measured.median;
    std::string also;
    if (median.bytes) {
        also += fmt::format("bytes {:.1f} ", *median.bytes);
    }
    for (const auto& [name, value] : median.more) {
        also += fmt::format("{} {:.1f} ", name, value);
    }
    if (!median.spans.empty() && median.opsPerSpan > 1) {
        also += fmt::format("(percentiles of {} op)", median.opsPerSpan);
    }
    const Row& row = *measured.row;
    return fmt::format("{:<28} {:>12.1f} {:>14.0f} {:>12} {:>12} {:>12} {:>12} {:>9}  {}\n",
                       row.name, median.nanoseconds(), 1e9 / median.nanoseconds(),
                       spanText(median, 0.5), spanText(median, 0.99), spanText(median, 0.999),
                       spanText(median, 1), row.goal == 0 ? "-" : fmt::format("{:.0f}", row.goal),
                       also);
}

std::string toJson(const std::vector<Measured>& all, bool quick)
{
    nlohmann::ordered_json json{{"machine", machineDescription()},
                                {"build", buildDescription()},
                                {"quick", quick},
                                {"rows", nlohmann::ordered_json::array()}};
    for (const Measured& measured : all) {
        json["rows"].push_back(toJson(measured));
    }
    return json.dump(2) + "\n";
}

}  // namespace muster::bench
