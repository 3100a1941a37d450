// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "api/internal/command_handlers.h"
#include "documents/units.h"
#include "workload/workload.h"

namespace muster {

namespace {

[[nodiscard]] Result<std::size_t> actionOf(CommandContext& context, const Command& command)
{
    if (context.run == nullptr) {
        return Error{
            ErrorCode::unavailable, "no workload runs, so there are no actions", {}, "Start one."};
    }
    return context.run->faults().find(argument(command, "action"));
}

[[nodiscard]] std::optional<Command> restart(const std::string& action, const ActionFault& fault)
{
    auto command = makeCommand("fault.start", {{"action", action},
                                               {"fault", std::string(toString(fault.kind))},
                                               {"share", fmt::format("{}%", 100 * fault.share)}});
    if (const auto value = valueText(fault); !value.empty()) {
        command.arguments.emplace("value", value);
    }
    return command;
}

}  // namespace

Result<CommandEffect> startFault(CommandContext& context, const Command& command)
{
    const auto action = actionOf(context, command);
    if (!action) {
        return action.error();
    }
    const auto fault = readFault(argument(command, "fault"), argument(command, "value"),
                                 argument(command, "share"));
    if (!fault) {
        return fault.error();
    }
    const auto& spec = context.core.workload->actions[*action];
    if (fault->kind != ActionFault::Kind::error && !context.run->mayWait(*action)) {
        return Error{ErrorCode::conflict,
                     fmt::format("{} does nothing that waits, so it cannot be held up", spec.name),
                     {},
                     "Inject an error, or give the action a service."};
    }
    std::optional<Duration> length;
    if (const auto text = argument(command, "for"); !text.empty()) {
        length = parseDuration(text).valueOr(Duration{});
    }
    context.run->faults().begin(*action, *fault, length, command.author);
    return CommandEffect{
        {fmt::format("{} of {:g} % of {}", toString(fault->kind), 100 * fault->share, spec.name), 1,
         makeCommand("fault.stop", {{"action", spec.name}})},
        "none",
        std::string(toString(fault->kind))};
}

Result<CommandEffect> stopFault(CommandContext& context, const Command& command)
{
    const auto action = actionOf(context, command);
    if (!action) {
        return action.error();
    }
    const auto& name = context.core.workload->actions[*action].name;
    const auto before = context.run->faults().at(*action).current();
    if (!before || !context.run->faults().end(*action, "stopped by " + command.author)) {
        return Error{ErrorCode::conflict, fmt::format("{} has no fault", name), {}, {}};
    }
    return CommandEffect{{fmt::format("No more faults of {}", name), 1, restart(name, *before)},
                         std::string(toString(before->kind)),
                         "none"};
}

void injectFault(CommandContext& context, const Command& command, CommandFinish finish)
{
    const auto fault = readMachineFault(argument(command, "fault"), argument(command, "value"),
                                        argument(command, "share"));
    if (!fault) {
        finish(fault.error());
        return;
    }
    Duration length = MachineFaults::kLength;
    if (const auto text = argument(command, "for"); !text.empty()) {
        length = parseDuration(text).valueOr(length);
    }
    context.faults.begin(
        *fault, length, command.author,
        [finish, fault = *fault, length](const Result<std::uint64_t>& hit) {
            if (!hit) {
                finish(hit.error());
                return;
            }
            const std::string kind(toString(fault.kind));
            const std::string value = valueText(fault);
            const std::string what = value.empty() ? kind : kind + " " + value;
            auto undo = std::optional<Command>();
            if (lasts(fault.kind)) {
                undo = makeCommand("fault.end", {{"fault", kind}});
            } else if (fault.kind == MachineFault::Kind::clock) {
                MachineFault back = fault;
                back.jump = -fault.jump;
                undo = makeCommand("fault.inject", {{"fault", kind}, {"value", valueText(back)}});
            }
            auto summary = fault.kind == MachineFault::Kind::kill
                               ? fmt::format("Killed {} agent{}", *hit, *hit == 1 ? "" : "s")
                           : lasts(fault.kind)
                               ? fmt::format("{} for {}", what, formatDuration(length))
                               : what;
            finish(CommandEffect{{std::move(summary), *hit, std::move(undo)}, "none", kind});
        });
}

Result<CommandEffect> endFault(CommandContext& context, const Command& command)
{
    const auto name = argument(command, "fault");
    const auto fault = readMachineFault(name, name == "memory" ? "1" : "", "");
    if (!fault) {
        return fault.error();
    }
    if (!context.faults.end(fault->kind, "ended by " + command.author)) {
        return Error{ErrorCode::conflict, fmt::format("there is no fault {}", name), {}, {}};
    }
    return CommandEffect{{fmt::format("No more {}", name), 1, std::nullopt}, name, "none"};
}

}  // namespace muster
