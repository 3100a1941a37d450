// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "api/internal/command_handlers.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr std::string_view kAgentsKey = "limits.agents";
constexpr std::string_view kMemoryKey = "limits.memory";
constexpr std::string_view kNone = "none";  // as a value: there is no limit

constexpr std::string_view kDefault = "default";  // as a policy: no rule, what the catalogue says

[[nodiscard]] std::string capturedNow(const CapturePolicy& policy, const std::string& pattern)
{
    for (const auto& rule : policy.rules()) {
        if (rule.pattern.text() == pattern) {
            return toString(rule);
        }
    }
    return std::string(kDefault);
}

}  // namespace

Result<CommandEffect> setLimit(CommandContext& context, const Command& command)
{
    const auto key = argument(command, "key");
    if (key.starts_with("resources.")) {
        return setResourceLimit(context, command);
    }
    if (key != kAgentsKey && key != kMemoryKey) {
        return setServiceLimit(context, command);
    }
    const bool none = argument(command, "value") == kNone;
    const auto value = none ? Result<std::uint64_t>(0) : parseSize(argument(command, "value"));
    if (!value) {
        return value.error();
    }
    if (*value == 0 && !none) {
        return Error{
            ErrorCode::outOfRange, fmt::format("{} cannot be 0", key), {}, "Give at least 1."};
    }
    auto limits = context.core.admission.limits();
    auto& limit = key == kAgentsKey ? limits.agents : limits.memory;
    const auto before = std::exchange(limit, none ? std::nullopt : std::optional(*value));
    context.core.admission.setLimits(limits);
    context.resources.lookSoon();

    Fields fields;
    fields.add("limit", key);
    if (before) {
        fields.add("from", static_cast<double>(*before));
    }
    if (!none) {
        fields.add("to", static_cast<double>(*value));
    }
    fields.add("unit", key == kAgentsKey ? "1" : "B");
    fields.add("author", command.author);
    context.core.publisher->publish(
        EventDraft{EventType::limitChanged, Component::limits, fields, {}});

    const auto was = before ? std::to_string(*before) : std::string(kNone);
    auto undo = makeCommand("limits.set", {{"key", key}, {"value", was}});
    return CommandEffect{
        {fmt::format("{} set to {}", key, argument(command, "value")), 1, std::move(undo)},
        was,
        none ? std::string(kNone) : std::to_string(*value)};
}

Result<CommandEffect> setLogLevel(CommandContext& context, const Command& command)
{
    const auto component = argument(command, "component");
    const auto level = parseLogLevel(argument(command, "level"));
    if (!level) {
        return Error{ErrorCode::invalidArgument, "the level is not one", {}, {}};
    }
    std::string before;
    for (const auto& [name, current] : context.core.log->levels()) {
        if (name == component) {
            before = toString(current);
        }
    }
    if (auto set = context.core.log->setLevel(component, *level); !set) {
        return set.error();
    }
    context.core.publisher->publish(EventType::logLevelChanged, Component::log,
                                    {{"component", component},
                                     {"from", before},
                                     {"to", toString(*level)},
                                     {"author", command.author}});
    return CommandEffect{{fmt::format("{} logs from {} on", component, toString(*level)), 1,
                          makeCommand("log.level", {{"component", component}, {"level", before}})},
                         before,
                         std::string(toString(*level))};
}

Result<CommandEffect> setCapture(CommandContext& context, const Command& command)
{
    if (!context.core.recorder) {
        return Error{ErrorCode::unavailable,
                     "the run is not recorded, so nothing is captured",
                     {},
                     "Start it with --db FILE."};
    }
    const auto pattern = argument(command, "pattern");
    const auto after = argument(command, "policy");
    const bool none = after == kDefault;
    auto rule = CapturePolicy::parseRule(pattern, none ? "all" : after);
    if (!rule) {
        return rule.error();
    }
    const auto current = context.core.recorder->capture();
    const auto before = capturedNow(current, pattern);
    auto rules = current.rules();
    std::erase_if(rules, [&](const CaptureRule& each) { return each.pattern == rule->pattern; });
    if (!none) {
        rules.push_back(*rule);
    }
    auto policy = CapturePolicy::make(std::move(rules));
    if (!policy) {
        return policy.error();
    }
    context.core.recorder->setCapture(*std::move(policy));
    context.core.publisher->publish(
        EventType::captureChanged, Component::storage,
        {{"pattern", pattern}, {"from", before}, {"to", after}, {"author", command.author}});
    return CommandEffect{{fmt::format("Events of {}: {}", pattern, after), 1,
                          makeCommand("capture.set", {{"pattern", pattern}, {"policy", before}})},
                         before,
                         after};
}

Result<CommandEffect> addMark(CommandContext& context, const Command& command)
{
    const auto text = argument(command, "text");
    context.core.mark("operator", text);
    return CommandEffect{{fmt::format("Mark added: {}", text), 1, std::nullopt}, {}, {}};
}

void saveBlackBoxNow(CommandContext& context, const Command& command, CommandFinish finish)
{
    if (!context.core.blackBox) {
        finish(Error{ErrorCode::unavailable,
                     "this run has no black box",
                     {},
                     "Start it without --black-box off; a simulation has none."});
        return;
    }
    context.core.blackBox->save(
        "hand", argument(command, "reason"), [finish](Result<BlackBoxBundle> made) {
            if (!made) {
                finish(made.error());
                return;
            }
            finish(CommandEffect{{fmt::format("What the run did last, {} events, is in {}",
                                              made->events, made->file.string()),
                                  1, std::nullopt},
                                 {},
                                 {}});
        });
}

Result<CommandEffect> drainRun(CommandContext& context, const Command& command)
{
    auto bound = Engine::kDrainBound;
    if (const auto text = argument(command, "bound"); !text.empty()) {
        const auto asked = parseDuration(text);
        if (!asked) {
            return asked.error();
        }
        bound = std::min<Duration>(*asked, std::chrono::hours(1));
    }
    context.lifecycle.requestEnd("drained by " + command.author, bound);
    return CommandEffect{
        {fmt::format("Draining for at most {}", formatDuration(bound)), 1, std::nullopt}, {}, {}};
}

Result<CommandEffect> stopRun(CommandContext& context, const Command& command)
{
    context.lifecycle.requestEnd("stopped by " + command.author, Duration::zero());
    return CommandEffect{{"Stopping at once", 1, std::nullopt}, {}, {}};
}

}  // namespace muster
