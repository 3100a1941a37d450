// SPDX-License-Identifier: Apache-2.0
#include "api/internal/command_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/internal/command_values.h"
#include "documents/nearest.h"

namespace muster {

namespace {

constexpr std::array<std::string_view, 8> kFilterKeys{"type",    "state", "name",     "id",
                                                      "mailbox", "total", "restarts", "capability"};
constexpr std::string_view kAttribute = "attr.";

/// A limit of a service or a resource is typed as in the file, which knows it.
[[nodiscard]] bool isTypedLater(const Command& command)
{
    const auto key = command.arguments.find("key");
    return key != command.arguments.end() &&
           (key->second.starts_with("services.") || key->second.starts_with("resources."));
}

[[nodiscard]] Error refused(const CommandInfo& info, std::string message)
{
    return {ErrorCode::invalidArgument, std::move(message), std::string(info.name),
            fmt::format("For example: {}.", info.example)};
}

}  // namespace

Error unknownCommand(std::string_view name)
{
    constexpr std::string_view kCommandsAt = "musterctl run --help lists the commands.";
    if (name.empty()) {
        return {ErrorCode::invalidArgument, "a command is missing", {}, std::string(kCommandsAt)};
    }
    std::vector<std::string> names;
    for (const auto& info : allCommands()) {
        names.emplace_back(info.name);
    }
    return {ErrorCode::notFound,
            fmt::format("there is no command \"{}\"{}", name, didYouMean(name, names)),
            {},
            std::string(kCommandsAt)};
}

Result<void> checkCommand(const Command& command)
{
    const auto* info = findCommand(command.name);
    if (info == nullptr) {
        return unknownCommand(command.name);
    }
    for (const auto& [key, value] : command.arguments) {
        const auto parameter = std::ranges::find(info->parameters, key, &CommandParameter::name);
        if (parameter == info->parameters.end()) {
            return refused(*info, fmt::format("there is no parameter \"{}\"", key));
        }
        if (parameter->kind == ParameterKind::size && (isTypedLater(command) || value == "none")) {
            continue;
        }
        if (const auto checked = checkValue(*parameter, value); !checked) {
            return refused(*info, fmt::format("{}: {}", key, checked.error().message));
        }
    }
    for (const auto& parameter : info->parameters) {
        if (parameter.required && !command.arguments.contains(parameter.name)) {
            return refused(*info, fmt::format("{} is missing: {}", parameter.name, parameter.help));
        }
    }
    return {};
}

std::span<const std::string_view> filterKeys() noexcept
{
    return kFilterKeys;
}

bool isFilterKey(std::string_view key) noexcept
{
    return std::ranges::find(kFilterKeys, key) != kFilterKeys.end() ||
           (key.starts_with(kAttribute) && key.size() > kAttribute.size());
}

bool isFilterTerm(std::string_view text) noexcept
{
    const auto colon = text.find(':');
    return colon != std::string_view::npos && isFilterKey(text.substr(0, colon));
}

}  // namespace muster
