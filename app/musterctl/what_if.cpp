// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json sideJson(const WhatIfSide& side)
{
    Json json{{"admitted", side.admitted}, {"rejected", side.rejected}, {"moves", Json::array()}};
    for (const auto& move : side.moves) {
        json["moves"].push_back(Json{{"after_ns", move.after.count()},
                                     {"at", toString(move.at)},
                                     {"to", move.to},
                                     {"cause", move.cause}});
    }
    return json;
}

void printSide(Output& output, const char* title, const WhatIfSide& side)
{
    output.line(fmt::format("  {}: {} admitted, {} rejected", title, count(side.admitted),
                            count(side.rejected)));
    for (const auto& move : side.moves) {
        output.line(fmt::format("    {:>10.3f} s  {:<12} {}",
                                std::chrono::duration<double>(move.after).count(), move.to,
                                move.cause));
    }
}

void printStage(Output& output, const WhatIfStage& stage)
{
    output.line(fmt::format("{}: {} attempts asked it", stage.stage, count(stage.calls)));
    printSide(output, "as it was", stage.recorded);
    printSide(output, "what if (counterfactual)", stage.proposed);
    if (stage.unknown > 0) {
        output.line(
            fmt::format("  {} of these were rejected then: how they would have ended "
                        "nobody knows, and they count for nothing",
                        count(stage.unknown)));
    }
    output.line(stage.reproduced ? "  What was recorded was reproduced exactly."
                                 : "  What was recorded was NOT reproduced.");
    if (!stage.note.empty()) {
        output.line("  The log does not tell all: " + stage.note + ".");
    }
}

void print(Output& output, const WhatIf& answer)
{
    output.line(fmt::format("{} in run {}, {} to {}", answer.service, answer.run.value,
                            toString(answer.range.from), toString(answer.range.to)));
    for (const auto& stage : answer.stages) {
        printStage(output, stage);
    }
}

[[nodiscard]] Json stageJson(const WhatIfStage& stage)
{
    Json spans = Json::array();
    for (const auto& span : stage.spans) {
        spans.push_back(Json{{"at", toString(span.at)},
                             {"calls", span.calls},
                             {"recorded_rejected", span.recorded},
                             {"proposed_rejected", span.proposed}});
    }
    return Json{{"stage", stage.stage},
                {"calls", stage.calls},
                {"recorded", sideJson(stage.recorded)},
                {"proposed", sideJson(stage.proposed)},
                {"unknown", stage.unknown},
                {"reproduced", stage.reproduced},
                {"kept_from", stage.keptFrom ? Json(toString(*stage.keptFrom)) : Json()},
                {"note", stage.note},
                {"spans", std::move(spans)}};
}

[[nodiscard]] std::string jsonOf(const WhatIf& answer)
{
    Json json{{"run", answer.run.value},
              {"service", answer.service},
              {"from", toString(answer.range.from)},
              {"to", toString(answer.range.to)},
              {"span_ns", answer.span.count()},
              {"counterfactual", true},
              {"stages", Json::array()}};
    for (const auto& stage : answer.stages) {
        json["stages"].push_back(stageJson(stage));
    }
    return json.dump();
}

}  // namespace

int whatIf(const WhatIfArguments& arguments)
{
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    const auto answer = (*session)->whatIf(arguments.query);
    if (!answer) {
        complain(answer.error());
        return exitCodeOf(answer.error());
    }
    Output output;
    if (arguments.format == Format::jsonl) {
        output.line(jsonOf(*answer));
    } else {
        print(output, *answer);
    }
    return finish(output, **session, arguments.database);
}

}  // namespace muster::ctl
