// SPDX-License-Identifier: Apache-2.0
#include "storage/capture_policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>

namespace muster {

namespace {

/// Things whose every change is history: the first segment of their topics.
constexpr std::array<std::string_view, 25> kAlwaysKept{
    "agent",    "alert",       "audit",    "breaker",   "capture",  "command",   "config",
    "engine",   "expectation", "helper",   "input",     "limit",    "limiter",   "load",
    "log",      "metric",      "pressure", "queue",     "resource", "retention", "run",
    "security", "service",     "store",    "supervisor"};

CaptureRule defaultRule(const EventInfo& type)
{
    switch (type.capture) {
        case Capture::all:
            return {{}, CaptureMode::all, 1};
        case Capture::sampled:
            return {{}, CaptureMode::rateCap, CapturePolicy::kDefaultRate};
        case Capture::counted:
            return {{}, CaptureMode::countOnly, 1};
    }
    return {};
}

Error ruleError(std::string_view text)
{
    return {ErrorCode::invalidArgument,
            "\"" + std::string(text) + "\" does not say what to keep of a topic",
            {},
            "Give one of: all, 1/N, N/s, count"};
}

/// The number between `before` and `after`; 0 when it is not there.
std::uint32_t numberBetween(std::string_view text, std::string_view before, std::string_view after)
{
    if (!text.starts_with(before) || !text.ends_with(after) ||
        text.size() <= before.size() + after.size()) {
        return 0;
    }
    text.remove_prefix(before.size());
    text.remove_suffix(after.size());
    std::uint32_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

std::string_view toString(CaptureMode mode) noexcept
{
    switch (mode) {
        case CaptureMode::all:
            return "all";
        case CaptureMode::sample:
            return "sample";
        case CaptureMode::rateCap:
            return "rate";
        case CaptureMode::countOnly:
            return "count";
    }
    return "";
}

std::string toString(const CaptureRule& rule)
{
    switch (rule.mode) {
        case CaptureMode::sample:
            return "1/" + std::to_string(rule.n);
        case CaptureMode::rateCap:
            return std::to_string(rule.n) + "/s";
        case CaptureMode::all:
        case CaptureMode::countOnly:
            return std::string(toString(rule.mode));
    }
    return {};
}

bool CapturePolicy::alwaysKept(const EventInfo& type) noexcept
{
    const std::string_view thing = type.name.substr(0, type.name.find('.'));
    return type.durable || std::ranges::find(kAlwaysKept, thing) != kAlwaysKept.end();
}

Result<CapturePolicy> CapturePolicy::make(std::vector<CaptureRule> rules)
{
    for (const CaptureRule& rule : rules) {
        const std::string& topic = rule.pattern.text();
        if (rule.n == 0) {
            return ruleError(toString(rule));
        }
        if (rule.pattern.exact() && rule.mode != CaptureMode::all &&
            alwaysKept(EventInfo{.type = {}, .name = topic, .help = {}, .fields = {}})) {
            return Error{ErrorCode::invalidArgument,
                         "events of the type " + topic + " are always kept", topic,
                         "Leave this rule out"};
        }
    }
    CapturePolicy policy;
    policy.m_rules = std::move(rules);
    return policy;
}

Result<CaptureRule> CapturePolicy::parseRule(std::string_view pattern, std::string_view text)
{
    auto topic = TopicPattern::parse(pattern);
    if (!topic) {
        return topic.error();
    }
    CaptureRule rule{std::move(topic).value(), CaptureMode::all, 1};
    if (text == "all") {
        return rule;
    }
    if (text == "count") {
        rule.mode = CaptureMode::countOnly;
        return rule;
    }
    rule.mode = text.starts_with("1/") ? CaptureMode::sample : CaptureMode::rateCap;
    rule.n = rule.mode == CaptureMode::sample ? numberBetween(text, "1/", "")
                                              : numberBetween(text, "", "/s");
    if (rule.n == 0) {
        return ruleError(text);
    }
    return rule;
}

CaptureRule CapturePolicy::decide(const EventInfo& type) const
{
    if (alwaysKept(type)) {
        return {{}, CaptureMode::all, 1};
    }
    const CaptureRule* best = nullptr;
    for (const CaptureRule& rule : m_rules) {
        if (rule.pattern.matches(type.name) &&
            (best == nullptr || rule.pattern.compareSpecificity(best->pattern) >= 0)) {
            best = &rule;
        }
    }
    return best != nullptr ? *best : defaultRule(type);
}

}  // namespace muster
