// SPDX-License-Identifier: Apache-2.0
#include "api/black_box.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

int list(const BlackBoxArguments& arguments)
{
    std::vector<Error> failures;
    const auto boxes = blackBoxes(arguments.directory, &failures);
    Output output;
    for (const auto& box : boxes) {
        if (arguments.format == Format::jsonl) {
            output.line(Json{{"file", box.file.string()},
                             {"bytes", box.bytes},
                             {"workload", box.workload},
                             {"started_at", toString(box.startedAt)},
                             {"process", box.process},
                             {"ending", box.ending},
                             {"crash", box.crash.empty() ? Json() : Json(box.crash)}}
                            .dump());
        } else {
            output.line(fmt::format("{:<7} {}  {:<20} process {:<8} {}{}", box.ending,
                                    toString(box.startedAt).substr(0, 19) + "Z",
                                    box.workload.empty() ? "-" : box.workload, box.process,
                                    box.file.string(),
                                    box.crash.empty() ? "" : "  (" + box.crash + ")"));
        }
    }
    if (boxes.empty() && failures.empty() && arguments.format == Format::table) {
        output.line(fmt::format("No run goes on and none left a black box in {}.",
                                arguments.directory.string()));
    }
    for (const auto& failure : failures) {
        complain(failure);
    }
    return std::max(finish(output), failures.empty() ? kExitOk : kExitFailed);
}

/// The one that was named, or the only one.
Result<std::filesystem::path> chosenBox(const BlackBoxArguments& arguments)
{
    if (arguments.box) {
        return *arguments.box;
    }
    const auto boxes = blackBoxes(arguments.directory);
    if (boxes.size() == 1) {
        return boxes.front().file;
    }
    return Error{boxes.empty() ? ErrorCode::notFound : ErrorCode::invalidArgument,
                 boxes.empty() ? "there is no black box"
                               : fmt::format("there are {} black boxes", boxes.size()),
                 arguments.directory.string(),
                 "Name one; musterctl blackbox list shows them, --dir another directory"};
}

int save(const BlackBoxArguments& arguments)
{
    const auto box = chosenBox(arguments);
    if (!box) {
        complain(box.error());
        return kExitUsage;
    }
    auto out = arguments.out.value_or(box->stem().string() + ".db");
    const auto saved = saveBlackBox(*box, std::filesystem::absolute(out));
    if (!saved) {
        complain(saved.error());
        return exitCodeOf(saved.error());
    }
    Output output;
    if (arguments.format == Format::jsonl) {
        output.line(Json{{"file", saved->file.string()},
                         {"cause", saved->cause},
                         {"detail", saved->detail},
                         {"workload", saved->workload},
                         {"events", saved->events}}
                        .dump());
    } else {
        output.line(fmt::format("{} events of {} are in {}{}", count(saved->events),
                                saved->workload.empty() ? "a run" : saved->workload,
                                saved->file.string(),
                                saved->detail.empty() ? "" : " (" + saved->detail + ")"));
    }
    return finish(output);
}

}  // namespace

int blackBox(const BlackBoxArguments& arguments)
{
    if (arguments.verb == "list" && (arguments.box || arguments.out)) {
        complain({ErrorCode::invalidArgument,
                  "list takes neither a box nor --out",
                  {},
                  "musterctl blackbox save BOX --out FILE makes a session of one"});
        return kExitUsage;
    }
    return arguments.verb == "save" ? save(arguments) : list(arguments);
}

}  // namespace muster::ctl
