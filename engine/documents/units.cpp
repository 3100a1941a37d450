// SPDX-License-Identifier: Apache-2.0
#include "documents/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace muster {

namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array<Unit, 7> kDurations{{{"ns", 1},
                                          {"us", 1e3},
                                          {"ms", 1e6},
                                          {"s", 1e9},
                                          {"min", 60e9},
                                          {"h", 3600e9},
                                          {"d", 86'400e9}}};
constexpr std::array<Unit, 9> kRates{{{"/s", 1},
                                      {"/min", 1.0 / 60},
                                      {"/h", 1.0 / 3600},
                                      {"k/s", 1e3},
                                      {"M/s", 1e6},
                                      {"k/min", 1e3 / 60},
                                      {"M/min", 1e6 / 60},
                                      {"k/h", 1e3 / 3600},
                                      {"M/h", 1e6 / 3600}}};
constexpr std::array<Unit, 10> kSizes{{{"", 1},
                                       {"B", 1},
                                       {"kB", 1e3},
                                       {"MB", 1e6},
                                       {"GB", 1e9},
                                       {"TB", 1e12},
                                       {"KiB", 1024},
                                       {"MiB", 1024.0 * 1024},
                                       {"GiB", 1024.0 * 1024 * 1024},
                                       {"TiB", 1024.0 * 1024 * 1024 * 1024}}};
constexpr std::array<Unit, 1> kPercent{{{"%", 1}}};
constexpr std::array<Unit, 1> kPart{{{"", 1}}};

/// The number in base units; nothing when the text is not a number with one of the units.
std::optional<double> parse(std::string_view text, std::span<const Unit> units)
{
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || !std::isfinite(number) || number < 0) {
        return std::nullopt;
    }
    auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (rest.size() > 1 && rest.front() == ' ') {
        rest.remove_prefix(1);
    }
    for (const auto& unit : units) {
        if (unit.name == rest) {
            return number * unit.factor;
        }
    }
    return std::nullopt;
}

Error wrong(std::string_view text, std::string_view expected)
{
    return {ErrorCode::invalidArgument,
            fmt::format("expected {}, found \"{}\"", expected, text.substr(0, 60)), "", ""};
}

}  // namespace

Result<Duration> parseDuration(std::string_view text)
{
    // One day short of the largest Duration, so that adding it to a clock cannot overflow soon.
    constexpr double kLongest = 9.0e18 / 2;
    const auto nanoseconds = parse(text, kDurations);
    if (!nanoseconds || *nanoseconds > kLongest) {
        return wrong(text, "a duration such as \"2s\", \"100ms\" or \"5min\"");
    }
    return Duration{std::llround(*nanoseconds)};
}

Result<double> parseRate(std::string_view text)
{
    const auto rate = parse(text, kRates);
    return rate ? Result<double>(*rate)
                : Result<double>(wrong(text, "a rate such as \"500/s\" or \"30/min\""));
}

Result<std::uint64_t> parseSize(std::string_view text)
{
    constexpr double kLargest = 9.0e18;
    const auto bytes = parse(text, kSizes);
    if (!bytes || *bytes > kLargest) {
        return wrong(text, "a size such as \"1GiB\" or \"64KiB\"");
    }
    return static_cast<std::uint64_t>(std::llround(*bytes));
}

Result<double> parseShare(std::string_view text)
{
    // Divided, as a program writes it too: a hundredth is not exact.
    const auto percent = parse(text, kPercent);
    const auto share = percent ? std::optional(*percent / 100) : parse(text, kPart);
    if (!share || *share > 1) {
        return wrong(text, "a share from \"0%\" to \"100%\"");
    }
    return *share;
}

Result<double> parseNumber(std::string_view text)
{
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
        return wrong(text, "a number");
    }
    return number;
}

std::string formatDuration(Duration duration)
{
    const auto count = duration.count();
    for (auto unit = kDurations.rbegin(); unit != kDurations.rend(); ++unit) {
        const auto factor = static_cast<std::int64_t>(unit->factor);
        if (count != 0 && count % factor == 0) {
            return fmt::format("{}{}", count / factor, unit->name);
        }
    }
    return "0s";
}

std::string formatRate(double perSecond)
{
    return fmt::format("{}/s", perSecond);
}

}  // namespace muster
