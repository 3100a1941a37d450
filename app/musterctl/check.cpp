// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/engine.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json toJson(const CheckArguments& arguments, const Result<WorkloadInfo>& checked)
{
    Json json{{"file", arguments.file.string()}, {"ok", checked.ok()}};
    if (checked) {
        json["name"] = checked->name;
        json["description"] = checked->description;
        json["agents"] = checked->agents;
        json["starts_processes"] = checked->startsProcesses;
        json["reaches_network"] = checked->reachesNetwork;
        return json;
    }
    json["error"] = checked.error().text();
    return json;
}

void describe(Output& output, const WorkloadInfo& info)
{
    output.line(fmt::format("{}: right, {} agents", info.name, count(info.agents)));
    if (!info.description.empty()) {
        output.line("  " + info.description);
    }
    for (const auto& command : info.startsProcesses) {
        output.line("  starts " + command);
    }
    for (const auto& url : info.reachesNetwork) {
        output.line("  reaches " + url);
    }
}

}  // namespace

int check(const CheckArguments& arguments)
{
    const auto checked = checkWorkload(arguments.file, arguments.overrides);
    Output output;
    if (arguments.format == Format::jsonl) {
        output.line(
            toJson(arguments, checked).dump(-1, ' ', false, Json::error_handler_t::replace));
    } else if (checked) {
        describe(output, *checked);
    }
    if (!checked) {
        complain(checked.error());
        return kExitUsage;
    }
    return finish(output);
}

}  // namespace muster::ctl
