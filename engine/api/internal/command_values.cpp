// SPDX-License-Identifier: Apache-2.0
#include "api/internal/command_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "documents/units.h"

namespace muster {

namespace {

constexpr double kMostPerSecond = 1e9;
constexpr double kMostAtOnce = 1e7;

[[nodiscard]] Error refused(std::string_view text, std::string_view expected)
{
    return {ErrorCode::invalidArgument,
            fmt::format("expected {}, found \"{}\"", expected, text),
            {},
            {}};
}

/// A rate or a bare number, not negative.
[[nodiscard]] std::optional<TargetValue> plainTarget(std::string_view text)
{
    TargetValue value;
    if (const auto rate = parseRate(text)) {
        value.amount = *rate;
        value.perTime = true;
    } else if (const auto users = parseNumber(text)) {
        value.amount = *users;
    } else {
        return std::nullopt;
    }
    const bool inRange = value.amount >= 0 && value.amount <= kMostPerSecond;
    return inRange ? std::optional(value) : std::nullopt;
}

[[nodiscard]] bool isOneOf(std::string_view choices, std::string_view value)
{
    while (!choices.empty()) {
        const auto end = std::min(choices.find('|'), choices.size());
        auto choice = choices.substr(0, end);
        if (choice == value) {
            return true;
        }
        if (choice.ends_with('*')) {
            choice.remove_suffix(1);
            if (value.starts_with(choice) && value.size() > choice.size()) {
                return true;
            }
        }
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return false;
}

[[nodiscard]] Result<void> checkChoice(std::string_view choices, std::string_view value)
{
    if (isOneOf(choices, value)) {
        return {};
    }
    std::string words;
    for (const char c : choices) {
        words += c == '|' ? std::string(", ") : std::string(1, c);
    }
    return refused(value, "one of " + words);
}

[[nodiscard]] Result<void> withoutValue(const auto& result)
{
    return result.ok() ? Result<void>{} : Result<void>(result.error());
}

}  // namespace

Result<TargetValue> parseTarget(std::string_view text)
{
    const auto value = plainTarget(text);
    return value ? Result<TargetValue>(*value)
                 : refused(text, "a rate such as 500/s or 3000/min, or users such as 200");
}

Result<TargetValue> parseStep(std::string_view text)
{
    constexpr std::string_view kExpected = "a step such as +50/s, -10/s, +10% or +20 users";
    auto rest = text;
    const bool less = rest.starts_with('-');
    if (less || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    const bool percent = rest.ends_with('%');
    const auto value = plainTarget(percent ? rest.substr(0, rest.size() - 1) : rest);
    if (!value || (percent && value->perTime)) {
        return refused(text, kExpected);
    }
    const double sign = less ? -1 : 1;
    return TargetValue{.amount = sign * value->amount / (percent ? 100 : 1),
                       .perTime = value->perTime,
                       .percent = percent};
}

Result<std::uint64_t> parseBurst(std::string_view text)
{
    const auto number = parseNumber(text);
    if (!number || *number != std::floor(*number) || *number < 1 || *number > kMostAtOnce) {
        return refused(text, "a whole number from 1 to 10,000,000");
    }
    return static_cast<std::uint64_t>(*number);
}

Result<StagesValue> parseStages(std::string_view text)
{
    StagesValue value;
    for (auto rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto stage = rest.substr(0, end);
        const auto colon = std::min(stage.find(':'), stage.size());
        const auto length = parseDuration(stage.substr(0, colon));
        const auto target = plainTarget(stage.substr(std::min(colon + 1, stage.size())));
        if (!length || !target || length->count() <= 0) {
            return refused(stage, "a stage LENGTH:TARGET such as 10s:200/s");
        }
        if (!value.stages.empty() && target->perTime != value.perTime) {
            return refused(text, "stages of one kind, all rates (200/s) or all users (200)");
        }
        value.perTime = target->perTime;
        value.stages.push_back({*length, target->amount});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (value.stages.empty() || text.ends_with(',')) {
        return refused(text, "stages LENGTH:TARGET such as 10s:200/s,60s:200/s");
    }
    return value;
}

Result<void> checkValue(const CommandParameter& parameter, std::string_view value)
{
    switch (parameter.kind) {
        case ParameterKind::number:
            return withoutValue(parseBurst(value));
        case ParameterKind::rate:
            return parameter.name == "delta" ? withoutValue(parseStep(value))
                                             : withoutValue(parseTarget(value));
        case ParameterKind::duration:
            return withoutValue(parseDuration(value));
        case ParameterKind::size:
            return withoutValue(parseSize(value));
        case ParameterKind::stages:
            return withoutValue(parseStages(value));
        case ParameterKind::choice:
            return checkChoice(parameter.choices, value);
        case ParameterKind::filter:
        case ParameterKind::text:
            break;
    }
    const bool blank = value.find_first_not_of(" \t") == std::string_view::npos;
    return blank && parameter.required ? refused(value, "a text") : Result<void>{};
}

std::string targetText(double amount, bool perTime)
{
    return fmt::format("{}{}", amount, perTime ? "/s" : "");
}

std::string stagesText(const std::vector<LoadStage>& stages, bool perTime)
{
    std::string text;
    for (const auto& stage : stages) {
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", formatDuration(stage.length),
                            targetText(stage.target, perTime));
    }
    return text;
}

}  // namespace muster
