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
        json["moves"].push_back(
            Json{{"after_ns", move.after.count()}, {"to", move.to}, {"cause", move.cause}});
    }
    return json;
}

void printSide(Output& output, const char* title, const WhatIfSide& side)
{
    output.line(fmt::format("{}: {} admitted, {} rejected", title, count(side.admitted),
                            count(side.rejected)));
    for (const auto& move : side.moves) {
        output.line(fmt::format("  {:>10.3f} s  {:<12} {}",
                                std::chrono::duration<double>(move.after).count(), move.to,
                                move.cause));
    }
}

void print(Output& output, const WhatIf& answer)
{
    output.line(fmt::format("{} in run {}: {} attempts asked its circuit breaker", answer.service,
                            answer.run.value, count(answer.calls)));
    printSide(output, "as it was", answer.recorded);
    printSide(output, "what if (counterfactual)", answer.proposed);
    if (answer.unknown > 0) {
        output.line(
            fmt::format("{} of these were rejected then: how they would have ended "
                        "nobody knows, and they count for nothing",
                        count(answer.unknown)));
    }
    output.line(answer.reproduced ? "The recorded moves were reproduced exactly."
                                  : "The recorded moves were NOT reproduced.");
    if (!answer.note.empty()) {
        output.line("The log does not tell all: " + answer.note + ".");
    }
}

[[nodiscard]] std::string jsonOf(const WhatIf& answer)
{
    return Json{{"run", answer.run.value},
                {"service", answer.service},
                {"calls", answer.calls},
                {"recorded", sideJson(answer.recorded)},
                {"proposed", sideJson(answer.proposed)},
                {"unknown", answer.unknown},
                {"reproduced", answer.reproduced},
                {"note", answer.note}}
        .dump();
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
