// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "api/internal/command_check.h"
#include "api/internal/command_handlers.h"

namespace muster {

Result<CommandEffect> carryOutNow(CommandContext& context, const Command& command)
{
    if (auto checked = checkCommand(command); !checked) {
        return checked.error();
    }
    std::optional<Result<CommandEffect>> done;
    findHandler(command.name)(context, command,
                              [&done](Result<CommandEffect> result) { done = std::move(result); });
    return *std::move(done);
}

Result<CommandEffect> tryLimit(CommandContext& context, const Command& command)
{
    return context.trial.begin(context, command);
}

Result<CommandEffect> keepLimit(CommandContext& context, const Command& command)
{
    return context.trial.keep(command);
}

Result<CommandEffect> revertLimit(CommandContext& context, const Command& command)
{
    return context.trial.revert(context, command);
}

Result<CommandEffect> rollBack(CommandContext& context, const Command& command)
{
    const auto text = argument(command, "version");
    std::uint64_t version = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (wrong != std::errc() || end != text.data() + text.size()) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("expected the number of a version, found \"{}\"", text),
                     "config.rollback",
                     {}};
    }
    auto& configuration = context.configuration;
    const auto before = configuration.version();
    const auto commands = configuration.toRestore(version);
    if (!commands) {
        return commands.error();
    }
    for (Command each : *commands) {
        // Each was in force before, so none is refused but for what has changed around it.
        each.author = command.author;
        const auto effect = carryOutNow(context, each);
        if (!effect) {
            static_cast<void>(configuration.note("set", command.author, command.text()));
            return effect.error();
        }
        configuration.learn(each, *effect);
    }
    const auto made = configuration.note("rolled_back", command.author, command.text());
    const auto undo = makeCommand("config.rollback", {{"version", std::to_string(before)}});
    return CommandEffect{{made ? fmt::format("Version {} is that of {}", *made, version)
                               : fmt::format("All is as in version {} already", version),
                          commands->size(), made ? std::optional(undo) : std::nullopt},
                         fmt::format("version {}", before),
                         fmt::format("version {}", made.value_or(before))};
}

}  // namespace muster
