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
    const auto value = argument(command, "value");
    if (context.run == nullptr) {
        return noWorkload();
    }
    const auto path = std::string_view(key).substr(std::min(key.size(), kServices.size()));
    const auto dot = std::min(path.find('.'), path.size());
    const auto spec = context.run->services().spec(path.substr(0, dot));
    if (!spec) {
        return spec.error();
    }
    const auto setting = path.substr(std::min(path.size(), dot + 1));
    const auto before = settingText(**spec, setting);
    if (!before) {
        return before.error();
    }
    const auto changed = withSetting(**spec, setting, value);
    if (!changed) {
        return changed.error();
    }
    if (auto done = context.run->services().change(*changed); !done) {
        return done.error();
    }
    context.core.publisher->publish(
        EventType::limitChanged, Component::limits,
        {{"limit", key}, {"before", *before}, {"after", value}, {"author", command.author}});
    auto undo = before->empty()
                    ? std::nullopt
                    : std::optional(makeCommand("limits.set", {{"key", key}, {"value", *before}}));
    return CommandEffect{
        {fmt::format("{} set to {}", key, value), 1, std::move(undo)}, *before, value};
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
