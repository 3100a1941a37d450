// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBars = 60;

[[nodiscard]] std::string_view sourceText(std::string_view source)
{
    if (source == "users") {
        return "as users of a closed load asked, who waited for their answers";
    }
    return source == "rates" ? "evenly spread over each sample: this session keeps no arrivals"
                             : "as they were due";
}

/// The rate as a row of blocks, an eighth of the highest each.
[[nodiscard]] std::string bars(const std::vector<double>& perSecond, double highest)
{
    constexpr std::array<std::string_view, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    std::string text;
    const std::size_t each = std::max<std::size_t>(1, perSecond.size() / kBars);
    for (std::size_t i = 0; i + each <= perSecond.size(); i += each) {
        double sum = 0;
        for (std::size_t k = i; k < i + each; ++k) {
            sum += perSecond[k];
        }
        const double share = highest > 0 ? sum / static_cast<double>(each) / highest : 0;
        text += kBlocks[std::min<std::size_t>(8, static_cast<std::size_t>(share * 8 + 0.5))];
    }
    return text;
}

void print(Output& output, const LoadOutline& load, const LoadArguments& arguments)
{
    const double seconds = static_cast<double>(load.length().count()) / 1e9;
    const double highest = *std::ranges::max_element(load.perSecond);
    output.line(fmt::format("Run {} ({}), {} to {}: {:.3f} s", load.run.value, load.workload,
                            toString(load.range.from), toString(load.range.to), seconds));
    output.line(fmt::format("{} arrivals at ×{}, {:.1f}/s on average, at most {:.1f}/s",
                            count(load.arrivals), load.factor,
                            static_cast<double>(load.arrivals) / seconds, highest));
    output.line("  " + bars(load.perSecond, highest));
    output.line(fmt::format("They come {}; each within {} of where it was.",
                            sourceText(load.source),
                            duration(static_cast<double>(load.error.count()))));
    if (!load.note.empty()) {
        output.line("Not whole: " + load.note + ".");
    }
    if (arguments.out) {
        output.line(fmt::format("Saved as {} ({} runs). In a workload:", arguments.out->string(),
                                count(load.runs)));
        output.line(fmt::format("  [[load]]\n  model = \"recorded\"\n  file = \"{}\"",
                                arguments.out->string()));
    } else {
        output.line("Nothing is saved: name a file with --out.");
    }
}

[[nodiscard]] std::string jsonOf(const LoadOutline& load)
{
    return Json{{"run", load.run.value},
                {"workload", load.workload},
                {"from", toString(load.range.from)},
                {"to", toString(load.range.to)},
                {"length_ns", load.length().count()},
                {"factor", load.factor},
                {"arrivals", load.arrivals},
                {"runs", load.runs},
                {"source", load.source},
                {"error_ns", load.error.count()},
                {"note", load.note},
                {"per_second", load.perSecond}}
        .dump();
}

}  // namespace

int load(const LoadArguments& arguments)
{
    const auto session = Session::open(arguments.side.side.file);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    LoadQuery query = arguments.query;
    query.run = arguments.side.side.run;
    if (arguments.from) {
        query.from = arguments.from->at;
        query.fromStart = arguments.from->after;
    }
    if (arguments.to) {
        query.to = arguments.to->at;
        query.toStart = arguments.to->after;
    }
    const auto made = arguments.out ? (*session)->saveLoad(query, *arguments.out)
                                    : (*session)->loadOutline(query);
    if (!made) {
        complain(made.error());
        return exitCodeOf(made.error());
    }
    Output output;
    if (arguments.format == Format::jsonl) {
        output.line(jsonOf(*made));
    } else {
        print(output, *made, arguments);
    }
    return finish(output, **session, arguments.side.side.file);
}

}  // namespace muster::ctl
