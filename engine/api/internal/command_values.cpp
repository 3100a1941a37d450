// SPDX-License-Identifier: Apache-2.0
#include "api/internal/command_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace muster {

namespace {

constexpr double kMostPerSecond = 1e9;

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array kTimeUnits{Unit{"ns", 1},     Unit{"us", 1e3},   Unit{"ms", 1e6},
                                Unit{"s", 1e9},    Unit{"m", 60e9},   Unit{"min", 60e9},
                                Unit{"h", 3600e9}, Unit{"d", 86400e9}};
constexpr std::array kSizeUnits{Unit{"", 1},
                                Unit{"B", 1},
                                Unit{"k", 1e3},
                                Unit{"kB", 1e3},
                                Unit{"KB", 1e3},
                                Unit{"MB", 1e6},
                                Unit{"M", 1e6},
                                Unit{"GB", 1e9},
                                Unit{"G", 1e9},
                                Unit{"TB", 1e12},
                                Unit{"KiB", 1024.0},
                                Unit{"MiB", 1048576.0},
                                Unit{"GiB", 1073741824.0},
                                Unit{"TiB", 1099511627776.0}};
constexpr std::array kRateUnits{Unit{"s", 1}, Unit{"sec", 1}, Unit{"min", 1.0 / 60},
                                Unit{"m", 1.0 / 60}, Unit{"h", 1.0 / 3600}};

[[nodiscard]] Error refused(std::string_view text, std::string_view expected)
{
    return {ErrorCode::invalidArgument, fmt::format("\"{}\" is not {}", text, expected), {}, {}};
}

template <std::size_t N>
[[nodiscard]] std::optional<double> factorOf(const std::array<Unit, N>& units,
                                             std::string_view name)
{
    const auto found = std::ranges::find(units, name, &Unit::name);
    return found == units.end() ? std::nullopt : std::optional(found->factor);
}

/// Takes a number from the front, "_" between digits allowed; nothing when there is none.
[[nodiscard]] std::optional<double> takeNumber(std::string_view& text)
{
    const auto end = std::min(text.find_first_not_of("0123456789._"), text.size());
    std::string digits;
    std::ranges::copy_if(text.substr(0, end), std::back_inserter(digits),
                         [](char c) { return c != '_'; });
    double value = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || last != digits.data() + digits.size()) {
        return std::nullopt;
    }
    text.remove_prefix(end);
    return value;
}

[[nodiscard]] bool isOneOf(std::string_view choices, std::string_view value)
{
    while (!choices.empty()) {
        const auto end = std::min(choices.find('|'), choices.size());
        if (choices.substr(0, end) == value) {
            return true;
        }
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return false;
}

[[nodiscard]] std::string listed(std::string_view choices)
{
    std::string text;
    for (const char c : choices) {
        text += c == '|' ? std::string(", ") : std::string(1, c);
    }
    return text;
}

[[nodiscard]] Result<void> withoutValue(const auto& result)
{
    return result.ok() ? Result<void>{} : Result<void>(result.error());
}

}  // namespace

Result<RateValue> parseRate(std::string_view text, bool signedStep)
{
    const std::string_view expected =
        signedStep ? "a step such as +50/s, -10/s, +10% or +20"
                   : "a rate such as 500/s or 3000/min, or a number of users such as 200";
    auto rest = text;
    double sign = 1;
    if (signedStep && !rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
        sign = rest.front() == '-' ? -1 : 1;
        rest.remove_prefix(1);
    }
    const auto number = takeNumber(rest);
    if (!number) {
        return refused(text, expected);
    }
    RateValue value{.amount = sign * *number};
    if (signedStep && rest == "%") {
        value.percent = true;
        value.amount /= 100;
    } else if (!rest.empty()) {
        const auto factor =
            rest.front() == '/' ? factorOf(kRateUnits, rest.substr(1)) : std::nullopt;
        if (!factor) {
            return refused(text, expected);
        }
        value.perTime = true;
        value.amount *= *factor;
    }
    if (std::abs(value.amount) > kMostPerSecond) {
        return refused(text, "within 1,000,000,000 per second");
    }
    return value;
}

Result<Duration> parseDuration(std::string_view text)
{
    constexpr std::string_view kExpected = "a duration such as 250ms, 30s, 2m, 1h or 1m30s";
    auto rest = text;
    double total = 0;
    do {
        const auto number = takeNumber(rest);
        const auto end = std::min(rest.find_first_of("0123456789."), rest.size());
        const auto factor = factorOf(kTimeUnits, rest.substr(0, end));
        if (!number || !factor) {
            return refused(text, kExpected);
        }
        total += *number * *factor;
        rest.remove_prefix(end);
    } while (!rest.empty());
    if (total > 9e18) {
        return refused(text, "within 292 years");
    }
    return Duration{std::llround(total)};
}

Result<std::uint64_t> parseSize(std::string_view text)
{
    constexpr std::string_view kExpected = "a count or a size such as 200000, 512MiB or 1GiB";
    auto rest = text;
    const auto number = takeNumber(rest);
    const auto factor = factorOf(kSizeUnits, rest);
    if (!number || !factor) {
        return refused(text, kExpected);
    }
    if (*number * *factor > 9e18) {
        return refused(text, "within 8 EiB");
    }
    return static_cast<std::uint64_t>(std::llround(*number * *factor));
}

Result<std::uint64_t> parseCount(std::string_view text)
{
    constexpr std::uint64_t kMost = 10'000'000;
    auto rest = text;
    const auto number = takeNumber(rest);
    if (!number || !rest.empty() || *number != std::floor(*number) || *number < 1 ||
        *number > static_cast<double>(kMost)) {
        return refused(text, "a whole number from 1 to 10,000,000");
    }
    return static_cast<std::uint64_t>(*number);
}

Result<StagesValue> parseStages(std::string_view text)
{
    constexpr std::string_view kExpected =
        "a list of stages LENGTH:TARGET such as 10s:200/s,60s:200/s";
    StagesValue value;
    auto rest = text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto stage = rest.substr(0, end);
        const auto colon = stage.find(':');
        if (colon == std::string_view::npos) {
            return refused(text, kExpected);
        }
        const auto length = parseDuration(stage.substr(0, colon));
        const auto target = parseRate(stage.substr(colon + 1), false);
        if (!length || !target || length->count() <= 0) {
            return refused(stage, "a stage LENGTH:TARGET such as 10s:200/s");
        }
        if (!value.stages.empty() && target->perTime != value.perTime) {
            return refused(text, "of one kind: all targets are rates (200/s) or all users (200)");
        }
        value.perTime = target->perTime;
        value.stages.push_back({*length, target->amount});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (value.stages.empty() || text.back() == ',') {
        return refused(text, kExpected);
    }
    return value;
}

Result<void> checkValue(const CommandParameter& parameter, std::string_view value)
{
    switch (parameter.kind) {
        case ParameterKind::number:
            return withoutValue(parseCount(value));
        case ParameterKind::rate:
            return withoutValue(parseRate(value, parameter.name == "delta"));
        case ParameterKind::duration:
            return withoutValue(parseDuration(value));
        case ParameterKind::size:
            return withoutValue(parseSize(value));
        case ParameterKind::stages:
            return withoutValue(parseStages(value));
        case ParameterKind::choice:
            return isOneOf(parameter.choices, value)
                       ? Result<void>{}
                       : refused(value, fmt::format("one of {}", listed(parameter.choices)));
        case ParameterKind::filter:
        case ParameterKind::text:
            break;
    }
    const bool blank = value.find_first_not_of(" \t") == std::string_view::npos;
    return blank && parameter.required ? refused(value, "a text") : Result<void>{};
}

std::string rateText(double amount, bool perTime)
{
    return fmt::format("{}{}", amount, perTime ? "/s" : "");
}

std::string stagesText(const std::vector<LoadStage>& stages, bool perTime)
{
    std::string text;
    for (const auto& stage : stages) {
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", durationText(stage.length),
                            rateText(stage.target, perTime));
    }
    return text;
}

std::string durationText(Duration duration)
{
    constexpr std::array kExact{Unit{"h", 3600e9}, Unit{"m", 60e9}, Unit{"s", 1e9}, Unit{"ms", 1e6},
                                Unit{"us", 1e3}};
    for (const auto& unit : kExact) {
        const auto factor = static_cast<std::int64_t>(unit.factor);
        if (duration.count() != 0 && duration.count() % factor == 0) {
            return fmt::format("{}{}", duration.count() / factor, unit.name);
        }
    }
    return duration.count() == 0 ? "0s" : fmt::format("{}ns", duration.count());
}

}  // namespace muster
