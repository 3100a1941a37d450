// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "api/internal/command_handlers.h"
#include "api/internal/command_values.h"

namespace muster {

namespace {

/// The load and how it stands, or why there is none to steer.
struct Steered {
    LoadGenerator* load = nullptr;
    LoadFigures now;

    [[nodiscard]] bool perTime() const noexcept { return now.model == ArrivalModel::open; }
    [[nodiscard]] std::string target() const { return targetText(now.target, perTime()); }
};

[[nodiscard]] Result<Steered> steered(CommandContext& context)
{
    auto* load = context.run != nullptr ? context.run->load() : nullptr;
    if (load == nullptr) {
        return Error{ErrorCode::unavailable,
                     "there is no load to steer",
                     {},
                     "Open a workload with a [[load]] section."};
    }
    auto figures = load->figures();
    if (figures.finished) {
        return Error{ErrorCode::conflict, "the load is over", {}, "Start a new run."};
    }
    return Steered{load, std::move(figures)};
}

/// Open loads are counted per second, closed ones in users; the other kind is refused.
[[nodiscard]] Result<void> sameKind(const Steered& steered, bool perTime)
{
    if (steered.perTime() == perTime) {
        return {};
    }
    return steered.perTime()
               ? Error{ErrorCode::invalidArgument,
                       "the load is open: its target is a rate, not a number of users",
                       {},
                       "Write 500/s."}
               : Error{ErrorCode::invalidArgument,
                       "the load is closed: its target is a number of users, not a rate",
                       {},
                       "Write 200."};
}

[[nodiscard]] CommandEffect effect(std::string summary, std::optional<Command> undo,
                                   std::string before, std::string after)
{
    return {{std::move(summary), 1, std::move(undo)}, std::move(before), std::move(after)};
}

}  // namespace

Result<CommandEffect> pauseLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    if (on->now.paused) {
        return Error{ErrorCode::conflict, "the load is paused already", {}, "load.resume goes on."};
    }
    on->load->pause(command.author);
    return effect("Load paused", makeCommand("load.resume"), "running", "paused");
}

Result<CommandEffect> resumeLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    if (!on->now.paused) {
        return Error{ErrorCode::conflict, "the load is not paused", {}, {}};
    }
    on->load->resume(command.author);
    return effect("Load resumed", makeCommand("load.pause"), "paused", "running");
}

Result<CommandEffect> holdLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    const auto target = parseTarget(argument(command, "rate"));
    if (!target) {
        return target.error();
    }
    if (const auto same = sameKind(*on, target->perTime); !same) {
        return same.error();
    }
    on->load->hold(target->amount, command.author);
    auto undo = on->now.held ? makeCommand("load.rate", {{"rate", on->target()}})
                             : makeCommand("load.auto");
    const auto after = targetText(target->amount, on->perTime());
    return effect("Load held at " + after, std::move(undo), on->target(), after);
}

Result<CommandEffect> releaseLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    if (!on->now.held) {
        return Error{ErrorCode::conflict, "the load follows its profile already", {}, {}};
    }
    on->load->hold(std::nullopt, command.author);
    return effect("Load follows its profile", makeCommand("load.rate", {{"rate", on->target()}}),
                  on->target(), "profile");
}

Result<CommandEffect> stepLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    const auto step = parseStep(argument(command, "delta"));
    if (!step) {
        return step.error();
    }
    if (on->now.recorded) {
        return Error{ErrorCode::conflict,
                     "recorded arrivals come when they came then: there is no rate to step",
                     {},
                     "Hold a rate with load.rate 500/s, or set the load's factor in the file."};
    }
    if (!step->percent) {
        if (const auto same = sameKind(*on, step->perTime); !same) {
            return same.error();
        }
    }
    const double wanted = step->percent ? on->now.target * step->amount : step->amount;
    const double by = std::max(wanted, -on->now.target);
    on->load->step(by, command.author);
    const auto back =
        fmt::format("{}{}", by <= 0 ? "+" : "-", targetText(std::abs(by), on->perTime()));
    const auto after = targetText(on->now.target + by, on->perTime());
    return effect(fmt::format("Load stepped from {} to {}", on->target(), after),
                  makeCommand("load.step", {{"delta", back}}), on->target(), after);
}

Result<CommandEffect> burstLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    const auto count = parseBurst(argument(command, "count"));
    if (!count) {
        return count.error();
    }
    on->load->burst(*count, command.author);
    CommandEffect done{{fmt::format("Burst of {} added", *count), *count, std::nullopt}, {}, {}};
    return done;
}

Result<CommandEffect> reshapeLoad(CommandContext& context, const Command& command)
{
    const auto on = steered(context);
    if (!on) {
        return on.error();
    }
    const auto wanted = parseStages(argument(command, "stages"));
    if (!wanted) {
        return wanted.error();
    }
    if (const auto same = sameKind(*on, wanted->perTime); !same) {
        return same.error();
    }
    std::vector<ProfileStage> stages;
    for (const auto& stage : wanted->stages) {
        stages.push_back({stage.length, stage.target});
    }
    std::vector<LoadStage> before;
    for (const auto& stage : on->now.stages) {
        before.push_back({stage.length, stage.target});
    }
    on->load->reshape(on->now.start, std::move(stages), command.author);
    const auto old = stagesText(before, on->perTime());
    auto undo = before.empty() ? std::nullopt
                               : std::optional(makeCommand("load.stages", {{"stages", old}}));
    return effect(fmt::format("Load has {} stages", wanted->stages.size()), std::move(undo), old,
                  stagesText(wanted->stages, on->perTime()));
}

}  // namespace muster
