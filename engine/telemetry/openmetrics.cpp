// SPDX-License-Identifier: Apache-2.0
#include "telemetry/openmetrics.h"

#include <array>
#include <charconv>
#include <cmath>

namespace muster {
namespace {

constexpr std::string_view kPrefix = "muster_";

struct Unit {
    std::string_view stored;
    std::string_view exported;
    double divisor;
};
constexpr std::array kUnits{Unit{"ns", "seconds", 1e9}, Unit{"B", "bytes", 1},
                            Unit{"%", "ratio", 1}};

bool isLetterOrDigit(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void appendName(std::string& out, std::string_view name)
{
    for (const char c : name) {
        out += isLetterOrDigit(c) ? c : '_';
    }
}

std::string_view typeOf(MetricKind kind) noexcept
{
    switch (kind) {
        case MetricKind::counter:
            return "counter";
        case MetricKind::histogram:
            return "histogram";
        default:
            return "gauge";
    }
}

/// Takes text up to a stop that is not escaped off the front; what was escaped is as it was.
std::string takeUntil(std::string_view& text, char stop)
{
    std::string taken;
    while (!text.empty() && text.front() != stop) {
        if (text.front() == '\\' && text.size() > 1) {
            text.remove_prefix(1);
        }
        taken += text.front();
        text.remove_prefix(1);
    }
    text.remove_prefix(text.empty() ? 0 : 1);
    return taken;
}

}  // namespace

OpenMetricsFamily openMetricsFamily(std::string_view name, MetricKind kind, std::string_view unit)
{
    OpenMetricsFamily family;
    family.name = kPrefix;
    appendName(family.name, name);
    family.type = typeOf(kind);
    family.suffix = kind == MetricKind::counter ? "_total" : "";
    for (const Unit& known : kUnits) {
        if (known.stored == unit) {
            family.unit = known.exported;
            family.divisor = known.divisor;
        }
    }
    const std::string ending = "_" + std::string(family.unit);
    if (!family.unit.empty() && !family.name.ends_with(ending)) {
        family.name += ending;
    }
    return family;
}

std::string openMetricsLabels(std::string_view labels)
{
    std::string out;
    while (!labels.empty()) {
        out += out.empty() ? "" : ",";
        const std::string key = takeUntil(labels, '=');
        out += key.empty() || (key.front() >= '0' && key.front() <= '9') ? "_" : "";
        appendName(out, key);
        out += "=\"";
        appendOpenMetricsText(out, takeUntil(labels, ','));
        out += '"';
    }
    return out;
}

void appendOpenMetricsNumber(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        return;
    }
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void appendOpenMetricsText(std::string& out, std::string_view text)
{
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        out += c == '\\' || c == '"' ? "\\" : "";
        out += c;
    }
}

}  // namespace muster
