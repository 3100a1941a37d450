// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/internal/command_handlers.h"

namespace muster {

namespace {

constexpr std::string_view kServices = "services.";

constexpr std::array kStates{BreakerState::closed,   BreakerState::open,
                             BreakerState::halfOpen, BreakerState::forcedOpen,
                             BreakerState::disabled, BreakerState::metricsOnly};

[[nodiscard]] Error noWorkload()
{
    return {ErrorCode::unavailable,
            "no workload runs, so there are no services",
            {},
            "Start one that has [services]."};
}

[[nodiscard]] Result<ProtectedService*> serviceOf(CommandContext& context, const Command& command)
{
    return context.run == nullptr ? Result<ProtectedService*>(noWorkload())
                                  : context.run->services().service(argument(command, "service"));
}

}  // namespace

Result<CommandEffect> setServiceLimit(CommandContext& context, const Command& command)
{
    const auto key = argument(command, "key");
    if (context.run == nullptr) {
        return noWorkload();
    }
    const auto path = std::string_view(key).substr(std::min(key.size(), kServices.size()));
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, dot);
    auto& services = context.run->services();
    const auto spec = services.spec(name);
    if (!spec) {
        return spec.error();
    }
    const auto setting = path.substr(std::min(path.size(), dot + 1));
    const auto before = settingText(**spec, setting);
    if (!before) {
        return before.error();
    }
    auto value = argument(command, "value");
    if (value == "on" && *before == "off") {
        value = services.lastOf(name, setting);
    }
    const auto changed = withSetting(**spec, setting, value);
    if (!changed) {
        return changed.error();
    }
    const auto after = settingText(*changed, setting).valueOr(value);
    if (auto done = services.change(*changed); !done) {
        return done.error();
    }
    if (after == "off") {
        services.remember(name, setting, *before);
    }
    context.core.publisher->publish(
        EventType::limitChanged, Component::limits,
        {{"limit", key}, {"before", *before}, {"after", after}, {"author", command.author}});
    auto undo = makeCommand("limits.set", {{"key", key}, {"value", *before}});
    return CommandEffect{
        {fmt::format("{} set to {}", key, after), 1, std::move(undo)}, *before, after};
}

Result<CommandEffect> setBreaker(CommandContext& context, const Command& command)
{
    const auto service = serviceOf(context, command);
    if (!service) {
        return service.error();
    }
    const auto name = argument(command, "state");
    const auto state = std::ranges::find(kStates, std::string_view(name),
                                         [](BreakerState each) { return toString(each); });
    const auto before = (*service)->breakerState();
    if (auto moved = (*service)->moveBreaker(*state); !moved) {
        return moved.error();
    }
    const std::string was(toString(*before));
    auto undo = mayMove(*state, *before)
                    ? std::optional(makeCommand("breaker.set",
                                                {{"service", (*service)->name()}, {"state", was}}))
                    : std::nullopt;
    return CommandEffect{
        {fmt::format("Circuit breaker of {} is {}", (*service)->name(), name), 1, std::move(undo)},
        was,
        name};
}

Result<CommandEffect> resetBreaker(CommandContext& context, const Command& command)
{
    const auto service = serviceOf(context, command);
    if (!service) {
        return service.error();
    }
    const auto before = (*service)->breakerState();
    if (auto done = (*service)->resetBreaker(); !done) {
        return done.error();
    }
    return CommandEffect{
        {fmt::format("Circuit breaker of {} reset", (*service)->name()), 1, std::nullopt},
        std::string(toString(*before)),
        "closed"};
}

}  // namespace muster
