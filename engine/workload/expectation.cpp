// SPDX-License-Identifier: Apache-2.0
#include "workload/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "documents/nearest.h"
#include "documents/units.h"

namespace muster {

namespace {

struct FigureInfo {
    std::string_view key;
    ExpectedFigure figure;
    std::string_view unit;
    bool ofActions;  ///< also of one action alone
};

constexpr std::array<FigureInfo, 12> kFigures{{
    {"failed_share", ExpectedFigure::failedShare, "%", true},
    {"throughput", ExpectedFigure::throughput, "1/s", true},
    {"dropped", ExpectedFigure::dropped, "1", false},
    {"count", ExpectedFigure::count, "1", true},
    {"p50", ExpectedFigure::p50, "ns", true},
    {"p90", ExpectedFigure::p90, "ns", true},
    {"p95", ExpectedFigure::p95, "ns", true},
    {"p99", ExpectedFigure::p99, "ns", true},
    {"p999", ExpectedFigure::p999, "ns", true},
    {"max", ExpectedFigure::max, "ns", true},
    {"jobs_done", ExpectedFigure::jobsDone, "1", false},
    {"dead_letters", ExpectedFigure::deadLetters, "1", false},
}};

struct CompareInfo {
    std::string_view sign;
    Expectation::Compare compare;
};

// The longer signs first: "<" begins "<=".
constexpr std::array<CompareInfo, 5> kCompares{{
    {"<=", Expectation::Compare::lessEqual},
    {">=", Expectation::Compare::greaterEqual},
    {"==", Expectation::Compare::equal},
    {"<", Expectation::Compare::less},
    {">", Expectation::Compare::greater},
}};

std::vector<std::string> knownKeys(const std::vector<std::string>& actions)
{
    std::vector<std::string> keys;
    for (const auto& info : kFigures) {
        keys.emplace_back(info.key);
    }
    for (const auto& action : actions) {
        for (const auto& info : kFigures) {
            if (info.ofActions) {
                keys.push_back(fmt::format("{}.{}", action, info.key));
            }
        }
    }
    return keys;
}

const FigureInfo* findFigure(std::string_view key) noexcept
{
    const auto found = std::find_if(kFigures.begin(), kFigures.end(),
                                    [key](const FigureInfo& info) { return info.key == key; });
    return found == kFigures.end() ? nullptr : &*found;
}

/// The figure and the action of a key: an action's name may have dots of its own.
const FigureInfo* splitKey(const std::string& key, const std::vector<std::string>& actions,
                           std::string& action)
{
    if (const FigureInfo* whole = findFigure(key)) {
        return whole;
    }
    const auto dot = key.rfind('.');
    if (dot == std::string::npos) {
        return nullptr;
    }
    const FigureInfo* info = findFigure(std::string_view(key).substr(dot + 1));
    action = key.substr(0, dot);
    const bool known = std::find(actions.begin(), actions.end(), action) != actions.end();
    return info != nullptr && info->ofActions && known ? info : nullptr;
}

Result<double> parseBound(std::string_view text, std::string_view unit)
{
    if (unit == "%") {
        return parseShare(text);
    }
    if (unit == "1/s") {
        return parseRate(text);
    }
    if (unit == "ns") {
        const auto duration = parseDuration(text);
        return duration.ok() ? Result<double>(static_cast<double>(duration->count()))
                             : Result<double>(duration.error());
    }
    return parseNumber(text);
}

}  // namespace

bool Expectation::holds(double value) const noexcept
{
    switch (compare) {
        case Compare::less:
            return value < bound;
        case Compare::lessEqual:
            return value <= bound;
        case Compare::greater:
            return value > bound;
        case Compare::greaterEqual:
            return value >= bound;
        case Compare::equal:
            return value == bound;
    }
    return false;
}

Result<Expectation> parseExpectation(const std::string& key, const std::string& condition,
                                     const std::vector<std::string>& actions)
{
    Expectation made;
    made.key = key;
    made.condition = condition;
    const FigureInfo* info = splitKey(key, actions, made.action);
    if (info == nullptr) {
        const auto known = knownKeys(actions);
        return Error{
            ErrorCode::invalidArgument,
            fmt::format("unknown key, expected one of {}{}", listed(known), didYouMean(key, known)),
            "", ""};
    }
    if (!info->ofActions || key == info->key) {
        made.action.clear();
    }
    made.figure = info->figure;
    made.unit = info->unit;
    for (const auto& [sign, compare] : kCompares) {
        if (condition.rfind(sign, 0) == 0) {
            made.compare = compare;
            auto rest = std::string_view(condition).substr(sign.size());
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
            const auto bound = parseBound(rest, made.unit);
            if (!bound.ok()) {
                return bound.error();
            }
            made.bound = bound.value();
            return made;
        }
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("expected <, <=, >, >= or == and a bound, found \"{}\"", condition),
                 "", ""};
}

std::vector<Expectation> expectationsOf(const WorkloadSpec& spec)
{
    std::vector<std::string> actions;
    for (const auto& action : spec.actions) {
        actions.push_back(action.name);
    }
    std::vector<Expectation> made;
    for (const auto& each : spec.expect) {
        auto parsed = parseExpectation(each.key, each.condition, actions);
        if (parsed.ok()) {
            made.push_back(std::move(parsed).value());
        }
    }
    return made;
}

std::vector<ExpectationResult> evaluate(const std::vector<Expectation>& expectations,
                                        const std::function<Reading(const Expectation&)>& figure)
{
    std::vector<ExpectationResult> results;
    for (const auto& expectation : expectations) {
        ExpectationResult result{expectation, figure(expectation), std::nullopt};
        if (result.value.known() && !std::isfinite(result.value.value)) {
            result.value = Reading::unknown("not measured");
        }
        if (result.value.known()) {
            result.met = expectation.holds(result.value.value);
        }
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace muster
