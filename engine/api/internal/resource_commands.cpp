// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "api/internal/command_handlers.h"
#include "documents/nearest.h"
#include "workload/resource_setting.h"

namespace muster {

namespace {

constexpr std::string_view kResources = "resources.";

[[nodiscard]] Result<Watched> resourceNamed(std::string_view name)
{
    if (const auto found = watchedNamed(name)) {
        return *found;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kWatched; ++i) {
        names.emplace_back(toString(static_cast<Watched>(i)));
    }
    return Error{ErrorCode::notFound,
                 fmt::format("there is no resource \"{}\", only {}{}", name, listed(names),
                             didYouMean(name, names)),
                 {},
                 {}};
}

}  // namespace

Result<CommandEffect> setResourceLimit(CommandContext& context, const Command& command)
{
    const auto key = argument(command, "key");
    const auto value = argument(command, "value");
    const auto path = std::string_view(key).substr(kResources.size());
    const auto dot = std::min(path.find('.'), path.size());
    const auto resource = resourceNamed(path.substr(0, dot));
    if (!resource) {
        return resource.error();
    }
    const auto setting = path.substr(std::min(path.size(), dot + 1));
    const auto& settings = context.resources.settings(*resource);
    const auto before = resourceSettingText(*resource, settings, setting);
    if (!before) {
        return before.error();
    }
    const auto changed = withResourceSetting(*resource, settings, setting, value);
    if (!changed) {
        return changed.error();
    }
    context.resources.setSettings(*resource, *changed);
    context.core.publisher->publish(
        EventType::limitChanged, Component::limits,
        {{"limit", key}, {"before", *before}, {"after", value}, {"author", command.author}});
    return CommandEffect{{fmt::format("{} set to {}", key, value), 1,
                          makeCommand("limits.set", {{"key", key}, {"value", *before}})},
                         *before,
                         value};
}

}  // namespace muster
