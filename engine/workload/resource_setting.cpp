// SPDX-License-Identifier: Apache-2.0
#include "workload/resource_setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "documents/nearest.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr std::string_view kOff = "off";
constexpr std::array<std::string_view, 8> kKeys{"elevated", "severe", "critical", "hysteresis",
                                                "grace",    "stable", "reclaim",  "presses"};
constexpr std::array<std::string_view, 9> kKeysWithLimit{"elevated",   "severe",  "critical",
                                                         "hysteresis", "grace",   "stable",
                                                         "reclaim",    "presses", "limit"};

Error expected(std::string_view what, std::string_view found)
{
    return {
        ErrorCode::invalidArgument, fmt::format("expected {}, found \"{}\"", what, found), {}, {}};
}

/// Of agents and memory it stands under [limits], for the admission.
bool hasLimit(Watched resource) noexcept
{
    return resource != Watched::agents && resource != Watched::memory;
}

double PressureThresholds::*thresholdOf(std::string_view key) noexcept
{
    return key == "elevated"   ? &PressureThresholds::elevated
           : key == "severe"   ? &PressureThresholds::severe
           : key == "critical" ? &PressureThresholds::critical
                               : nullptr;
}

Result<double> readThreshold(std::string_view value)
{
    if (value == kOff) {
        return PressureThresholds::kNever;
    }
    const auto share = parseShare(value);
    if (!share.ok() || *share <= 0) {
        return expected(R"(a share above 0, such as "80%", or "off")", value);
    }
    return *share;
}

Result<double> readLimit(Watched resource, std::string_view value)
{
    if (resource == Watched::disk) {
        const auto size = parseSize(value);
        return size.ok() ? Result<double>(static_cast<double>(*size)) : size.error();
    }
    const auto number = parseNumber(value);
    const bool whole = resource != Watched::cpu;
    if (!number.ok() || *number <= 0 || (whole && *number != std::floor(*number))) {
        return expected(whole ? "a whole number above 0" : "a number of cores above 0", value);
    }
    return *number;
}

std::string shareText(double share)
{
    return std::isinf(share) ? std::string(kOff) : fmt::format("{:.6g}%", share * 100);
}

Error unknownKey(Watched resource, std::string_view key)
{
    const auto keys = hasLimit(resource) ? std::span<const std::string_view>(kKeysWithLimit)
                                         : std::span<const std::string_view>(kKeys);
    const std::vector<std::string> names(keys.begin(), keys.end());
    const bool elsewhere = key == "limit" && !hasLimit(resource);
    return {ErrorCode::notFound,
            elsewhere ? fmt::format("the limit of {} is limits.{}", toString(resource),
                                    toString(resource))
                      : fmt::format("a resource has no setting \"{}\", only {}{}", key,
                                    listed(names), didYouMean(key, names)),
            fmt::format("resources.{}", toString(resource)),
            {}};
}

Result<void> setThreshold(ResourceSettings& settings, std::string_view key, std::string_view value)
{
    const auto share = readThreshold(value);
    if (!share.ok()) {
        return share.error();
    }
    settings.thresholds.*thresholdOf(key) = *share;
    return {};
}

Result<void> setShare(double& share, std::string_view value)
{
    const auto parsed = parseShare(value);
    if (!parsed.ok()) {
        return parsed.error();
    }
    share = *parsed;
    return {};
}

Result<void> setTime(Duration& time, std::string_view value)
{
    const auto parsed = parseDuration(value);
    if (!parsed.ok()) {
        return parsed.error();
    }
    time = *parsed;
    return {};
}

Result<void> set(Watched resource, ResourceSettings& settings, std::string_view key,
                 std::string_view value)
{
    if (thresholdOf(key) != nullptr) {
        return setThreshold(settings, key, value);
    }
    if (key == "hysteresis") {
        return setShare(settings.thresholds.hysteresis, value);
    }
    if (key == "reclaim") {
        return setShare(settings.reclaim, value);
    }
    if (key == "grace") {
        return setTime(settings.thresholds.grace, value);
    }
    if (key == "stable") {
        return setTime(settings.thresholds.stable, value);
    }
    if (key == "presses") {
        if (value != "true" && value != "false") {
            return expected("true or false", value);
        }
        settings.presses = value == "true";
        return {};
    }
    if (key != "limit" || !hasLimit(resource)) {
        return unknownKey(resource, key);
    }
    if (value == kOff) {
        settings.limit.reset();
        return {};
    }
    const auto limit = readLimit(resource, value);
    if (!limit.ok()) {
        return limit.error();
    }
    settings.limit = *limit;
    return {};
}

/// What a value of that key looks like, for messages.
std::string wordsFor(Watched resource, std::string_view key)
{
    if (thresholdOf(key) != nullptr) {
        return R"(a share above 0, such as "80%", or "off")";
    }
    if (key == "grace" || key == "stable") {
        return R"(a duration such as "2s")";
    }
    if (key != "limit") {
        return R"(a share such as "5%")";
    }
    return resource == Watched::disk  ? R"(a size such as "10GiB", or "off")"
           : resource == Watched::cpu ? R"(a number of cores above 0 such as "1.5", or "off")"
                                      : R"(a whole number above 0 such as "500", or "off")";
}

Schema settingSchema(Watched resource, std::string_view key, std::string help)
{
    Schema made =
        schema::of(key == "presses" ? SchemaType::boolean : SchemaType::text, std::move(help));
    if (key != "presses") {
        made.rule = [resource, key](std::string_view value) -> std::optional<std::string> {
            const auto tried = withResourceSetting(resource, defaultSettings(resource), key, value);
            return tried.ok() ? std::nullopt : std::optional(wordsFor(resource, key));
        };
    }
    return made;
}

Schema resourceTable(Watched resource)
{
    struct Help {
        std::string_view key;
        const char* text;
    };
    constexpr std::array<Help, 9> kHelp{{
        {"elevated", "the warning: a share of the limit (80%), or off"},
        {"severe", "little is left (90%), or off"},
        {"critical", "entered at once, nothing more is admitted (95%), or off"},
        {"hysteresis", "how far below its threshold a level is left (2%)"},
        {"grace", "above a threshold before elevated and severe begin (1s)"},
        {"stable", "below before a level is left (5s)"},
        {"reclaim", "how much of the limit clean-up makes free below the warning (5%)"},
        {"presses", "whether its level is the engine's too"},
        {"limit", "lower than the machine's: a size of disk, a number of cores, else how many"},
    }};
    const ResourceSettings standard = defaultSettings(resource);
    std::vector<SchemaField> fields;
    for (const Help& help : kHelp) {
        if (help.key == "limit" && !hasLimit(resource)) {
            continue;
        }
        const auto value = resourceSettingText(resource, standard, help.key);
        Schema made = settingSchema(resource, help.key, help.text);
        const std::string key(help.key);
        if (help.key == "presses") {
            fields.push_back(schema::standard(key, std::move(made), Value(standard.presses)));
        } else if (help.key == "limit") {
            fields.push_back(schema::optional(key, std::move(made)));
        } else {
            fields.push_back(schema::standard(key, std::move(made), Value(*value)));
        }
    }
    return schema::table(std::move(fields), "how one resource is judged");
}

}  // namespace

Schema resourcesSchema()
{
    std::vector<SchemaField> fields;
    for (std::size_t i = 0; i < kWatched; ++i) {
        const auto resource = static_cast<Watched>(i);
        fields.push_back(
            schema::optional(std::string(toString(resource)), resourceTable(resource)));
    }
    return schema::table(std::move(fields), "when which resource presses");
}

std::span<const std::string_view> resourceSettingKeys() noexcept
{
    return kKeysWithLimit;
}

Result<ResourceSettings> withResourceSetting(Watched resource, ResourceSettings settings,
                                             std::string_view key, std::string_view value)
{
    if (auto done = set(resource, settings, key, value); !done.ok()) {
        return done.error();
    }
    return settings;
}

Result<std::string> resourceSettingText(Watched resource, const ResourceSettings& settings,
                                        std::string_view key)
{
    if (const auto threshold = thresholdOf(key); threshold != nullptr) {
        return shareText(settings.thresholds.*threshold);
    }
    if (key == "hysteresis") {
        return shareText(settings.thresholds.hysteresis);
    }
    if (key == "reclaim") {
        return shareText(settings.reclaim);
    }
    if (key == "grace" || key == "stable") {
        return formatDuration(key == "grace" ? settings.thresholds.grace
                                             : settings.thresholds.stable);
    }
    if (key == "presses") {
        return std::string(settings.presses ? "true" : "false");
    }
    if (key != "limit" || !hasLimit(resource)) {
        return unknownKey(resource, key);
    }
    return settings.limit ? fmt::format("{:.15g}", *settings.limit) : std::string(kOff);
}

}  // namespace muster
