// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShortHash = 12;

[[nodiscard]] const ConfigurationVersion* find(const ConfigurationHistory& history,
                                               std::uint64_t version)
{
    const auto found = std::ranges::find(history.versions, version, &ConfigurationVersion::version);
    return found == history.versions.end() ? nullptr : &*found;
}

/// What became of a version that was on trial when its run ended without a word.
[[nodiscard]] std::string stateOf(const ConfigurationHistory& history,
                                  const ConfigurationVersion& version)
{
    const bool newest = &version == &history.versions.back();
    if (newest && history.interrupted) {
        return "interrupted: counts as reverted";
    }
    if (newest && !version.kept.empty()) {
        return "on trial";
    }
    return version.version == history.version ? "in force" : "";
}

[[nodiscard]] Json jsonOf(const ConfigurationHistory& history, const ConfigurationVersion& version)
{
    return Json{{"version", version.version},
                {"parent", version.parent},
                {"run", version.run.value},
                {"at", toString(version.at)},
                {"kind", version.kind},
                {"author", version.author},
                {"reason", version.reason},
                {"hash", version.hash},
                {"state", stateOf(history, version)},
                {"document", Json::parse(version.document, nullptr, false)}};
}

void printList(Output& output, const ConfigurationHistory& history)
{
    if (history.versions.empty()) {
        output.line("The session has no versions: nothing that can be set was recorded.");
        return;
    }
    output.line(fmt::format("{:>7} {:>7} {:>4}  {:<20} {:<12} {:<10} {:<12}  {}", "VERSION",
                            "PARENT", "RUN", "AT", "KIND", "AUTHOR", "HASH", "REASON"));
    for (const auto& each : history.versions) {
        const std::string state = stateOf(history, each);
        output.line(fmt::format("{:>7} {:>7} {:>4}  {:<20} {:<12} {:<10} {:<12}  {}{}",
                                each.version, each.parent, each.run.value,
                                toString(each.at).substr(0, 19) + "Z", each.kind, each.author,
                                each.hash.substr(0, kShortHash), each.reason,
                                state.empty() ? "" : "  [" + state + "]"));
    }
    if (history.version == 0) {
        output.line("In force is the newest version without what was on trial.");
    }
}

[[nodiscard]] Error noVersion(const ConfigurationHistory& history, std::uint64_t version)
{
    return {ErrorCode::notFound,
            history.versions.empty()
                ? std::string("the session has no versions of the configuration")
                : fmt::format("the session has no version {}, only {} to {}", version,
                              history.versions.front().version, history.versions.back().version),
            {},
            "musterctl config --db FILE lists them."};
}

[[nodiscard]] std::string valueText(const Json& flat, const std::string& key)
{
    return flat.contains(key) ? flat[key].dump() : std::string("-");
}

/// "services.shop.limiter.rate: \"100/s\" -> \"200/s\"", a line each.
void printDifference(Output& output, const ConfigurationVersion& a, const ConfigurationVersion& b,
                     Format format)
{
    const Json before = Json::parse(a.document, nullptr, false).flatten();
    const Json after = Json::parse(b.document, nullptr, false).flatten();
    std::vector<std::string> keys;
    for (const Json* each : {&before, &after}) {
        for (const auto& [key, value] : each->items()) {
            if (std::ranges::find(keys, key) == keys.end() &&
                valueText(before, key) != valueText(after, key)) {
                keys.push_back(key);
            }
        }
    }
    for (const std::string& key : keys) {
        std::string name = key.substr(1);
        std::ranges::replace(name, '/', '.');
        if (format == Format::jsonl) {
            output.line(Json{{"key", name},
                             {"before", before.contains(key) ? before[key] : Json()},
                             {"after", after.contains(key) ? after[key] : Json()}}
                            .dump());
        } else {
            output.line(
                fmt::format("{}: {} -> {}", name, valueText(before, key), valueText(after, key)));
        }
    }
    if (keys.empty() && format == Format::table) {
        output.line("They are the same.");
    }
}

[[nodiscard]] Result<void> print(Output& output, const ConfigurationHistory& history,
                                 const ConfigArguments& arguments)
{
    if (!arguments.between.empty()) {
        for (const std::uint64_t version : arguments.between) {
            if (find(history, version) == nullptr) {
                return noVersion(history, version);
            }
        }
        printDifference(output, *find(history, arguments.between[0]),
                        *find(history, arguments.between[1]), arguments.format);
        return {};
    }
    if (arguments.version != 0) {
        const auto* version = find(history, arguments.version);
        if (version == nullptr) {
            return noVersion(history, arguments.version);
        }
        output.line(jsonOf(history, *version).dump(arguments.format == Format::jsonl ? -1 : 2));
        return {};
    }
    if (arguments.format == Format::jsonl) {
        for (const auto& each : history.versions) {
            output.line(jsonOf(history, each).dump());
        }
    } else {
        printList(output, history);
    }
    return {};
}

}  // namespace

int config(const ConfigArguments& arguments)
{
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    const auto history = (*session)->configurations();
    if (!history) {
        complain(history.error());
        return exitCodeOf(history.error());
    }
    Output output;
    if (const auto printed = print(output, *history, arguments); !printed) {
        complain(printed.error());
        return exitCodeOf(printed.error());
    }
    return finish(output, **session, arguments.database);
}

}  // namespace muster::ctl
