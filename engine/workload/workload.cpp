// SPDX-License-Identifier: Apache-2.0
#include "workload/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "documents/override.h"
#include "documents/toml.h"
#include "workload/internal/spec_reader.h"

namespace muster {

namespace {

Result<WorkloadSpec> makeSpec(Value document, const std::vector<std::string>& overrides,
                              const ActionRegistry& registry)
{
    const Schema schema = workloadSchema(registry);
    for (const auto& assignment : overrides) {
        auto applied = applyOverride(document, schema, assignment);
        if (!applied.ok()) {
            return applied.error();
        }
    }
    const auto violations = check(schema, document);
    if (!violations.empty()) {
        return toError(violations);
    }
    SpecReader reader(document, registry);
    WorkloadSpec spec = reader.read();
    if (!reader.violations().empty()) {
        return toError(reader.violations());
    }
    return spec;
}

}  // namespace

std::string_view toString(InputKind kind) noexcept
{
    switch (kind) {
        case InputKind::none:
            return "none";
        case InputKind::tree:
            return "tree";
        case InputKind::lines:
            return "lines";
        case InputKind::csv:
            return "csv";
        case InputKind::jsonl:
            return "jsonl";
        case InputKind::links:
            return "links";
    }
    return {};
}

std::uint64_t WorkloadSpec::totalAgents() const noexcept
{
    std::uint64_t total = 0;
    for (const auto& group : agents) {
        total += group.count;
    }
    return total;
}

const QueueSpec* WorkloadSpec::takes() const noexcept
{
    for (const auto& group : agents) {
        if (group.fed && group.takes) {
            return &queues[*group.takes];
        }
    }
    return nullptr;
}

std::vector<std::string> WorkloadSpec::startsProcesses() const
{
    std::vector<std::string> out;
    for (const auto& helper : helpers) {
        out.push_back(fmt::format("{}", fmt::join(helper.command, " ")));
    }
    for (const auto& action : actions) {
        if (action.info->startsProcesses) {
            for (const auto& program : action.action->needs().programs) {
                out.push_back(fmt::format("{} (action {})", program, action.name));
            }
        }
    }
    return out;
}

std::vector<std::string> WorkloadSpec::reachesNetwork() const
{
    std::vector<std::string> out;
    for (const auto& action : actions) {
        if (action.info->reachesNetwork) {
            for (const auto& place : action.action->needs().places) {
                out.push_back(fmt::format("{} (action {})", place, action.name));
            }
        }
    }
    return out;
}

Result<WorkloadSpec> parseWorkload(std::string_view text, const std::string& source,
                                   const std::vector<std::string>& overrides,
                                   const ActionRegistry& registry)
{
    auto document = parseToml(text, source);
    if (!document.ok()) {
        return document.error();
    }
    return makeSpec(std::move(document).value(), overrides, registry);
}

Result<WorkloadSpec> readWorkload(const std::filesystem::path& file,
                                  const std::vector<std::string>& overrides,
                                  const ActionRegistry& registry)
{
    auto document = readTomlFile(file);
    if (!document.ok()) {
        return document.error();
    }
    auto spec = makeSpec(std::move(document).value(), overrides, registry);
    if (spec.ok()) {
        spec->file = file.string();
    }
    return spec;
}

}  // namespace muster
