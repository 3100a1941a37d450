// SPDX-License-Identifier: Apache-2.0
#include "events/source.h"

#include <array>
#include <charconv>

namespace muster {
namespace {

constexpr std::string_view kAgentPrefix = "agent:";

// In the order of the enumeration.
constexpr std::array<std::string_view, static_cast<std::size_t>(Component::count)> kNames{
    "",          "engine",   "runtime", "supervisor",   "watchdog", "messaging",
    "load",      "input",    "actions", "calls",        "limits",   "storage",
    "telemetry", "commands", "helpers", "expectations", "log",      "queues"};
static_assert(!kNames.back().empty(), "every component has a name");

}  // namespace

std::string_view toString(Component component) noexcept
{
    return kNames[static_cast<std::size_t>(component)];
}

void appendText(std::string& out, Source source)
{
    if (!source.agent) {
        out += toString(source.component);
        return;
    }
    char digits[24];
    out += kAgentPrefix;
    out.append(digits, std::to_chars(digits, digits + sizeof digits, source.agent.slot, 16).ptr);
    out += '.';
    out.append(digits, std::to_chars(digits, digits + sizeof digits, source.agent.generation).ptr);
}

std::string toString(Source source)
{
    std::string out;
    appendText(out, source);
    return out;
}

std::optional<Source> parseSource(std::string_view text)
{
    if (text.starts_with(kAgentPrefix)) {
        const auto agent = parseAgentId(text.substr(kAgentPrefix.size()));
        return agent ? std::optional(Source(*agent)) : std::nullopt;
    }
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == text) {
            return Source(static_cast<Component>(i));
        }
    }
    return std::nullopt;
}

}  // namespace muster
