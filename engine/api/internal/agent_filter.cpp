// SPDX-License-Identifier: Apache-2.0
#include "api/internal/agent_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/command_check.h"
#include "api/internal/text_terms.h"
#include "documents/nearest.h"

namespace muster {

namespace {

constexpr std::string_view kAttribute = "attr.";

[[nodiscard]] Error refused(std::string message, std::string advice = {})
{
    return {ErrorCode::invalidArgument, std::move(message), {}, std::move(advice)};
}

/// ">0", "<=5", "=3", "3".
[[nodiscard]] std::optional<std::function<bool(std::uint64_t)>> parseComparison(
    std::string_view text)
{
    const auto end = std::min(text.find_first_not_of("<>=!"), text.size());
    const auto sign = text.substr(0, end);
    std::uint64_t limit = 0;
    const auto digits = text.substr(end);
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), limit);
    if (error != std::errc{} || last != digits.data() + digits.size()) {
        return std::nullopt;
    }
    using Test = std::function<bool(std::uint64_t)>;
    if (sign.empty() || sign == "=") {
        return Test([limit](std::uint64_t value) { return value == limit; });
    }
    if (sign == ">") {
        return Test([limit](std::uint64_t value) { return value > limit; });
    }
    if (sign == ">=") {
        return Test([limit](std::uint64_t value) { return value >= limit; });
    }
    if (sign == "<") {
        return Test([limit](std::uint64_t value) { return value < limit; });
    }
    if (sign == "<=") {
        return Test([limit](std::uint64_t value) { return value <= limit; });
    }
    return sign == "!=" ? std::optional<Test>([limit](std::uint64_t v) { return v != limit; })
                        : std::nullopt;
}

[[nodiscard]] Result<AgentFilter> stateTerm(const std::string& value)
{
    std::vector<AgentState> states;
    for (const auto& name : splitList(value)) {
        const auto state = parseAgentState(name);
        if (!state) {
            return refused(
                fmt::format("expected initializing, ready, busy, suspended or "
                            "terminating after state:, found \"{}\"",
                            name));
        }
        states.push_back(*state);
    }
    return AgentFilter([states](const DirectoryEntry& entry) {
        return std::ranges::find(states, entry.state()) != states.end();
    });
}

[[nodiscard]] Result<AgentFilter> idTerm(const std::string& value)
{
    std::vector<AgentId> ids;
    for (const auto& text : splitList(value)) {
        const auto id = parseAgentId(text);
        if (!id) {
            return refused(
                fmt::format("expected ids such as 1a2f.3 after id:, found \"{}\"", text));
        }
        ids.push_back(*id);
    }
    std::ranges::sort(ids);
    return AgentFilter(
        [ids](const DirectoryEntry& entry) { return std::ranges::binary_search(ids, entry.id()); });
}

[[nodiscard]] Result<AgentFilter> numberTerm(const std::string& key, const std::string& value)
{
    const auto compare = parseComparison(value);
    if (!compare) {
        return refused(
            fmt::format("expected a comparison such as >0 or <=5 after {}:, found "
                        "\"{}\"",
                        key, value));
    }
    return AgentFilter([compare = *compare, key](const DirectoryEntry& entry) {
        return compare(key == "mailbox"    ? entry.mailbox()
                       : key == "restarts" ? entry.restarts()
                                           : entry.handled());
    });
}

/// A term on the agent's name; the buffer saves a string for each agent of a scan.
[[nodiscard]] AgentFilter nameTerm(std::vector<std::string> patterns)
{
    return [patterns = std::move(patterns),
            name = std::string()](const DirectoryEntry& entry) mutable {
        name.clear();
        entry.appendName(name);
        return matchesAny(patterns, name);
    };
}

[[nodiscard]] AgentFilter attributeTerm(const std::string& key, const std::string& value)
{
    const bool equals = value.starts_with('=');
    return [key, wanted = splitList(equals ? std::string_view(value).substr(1) : value)](
               const DirectoryEntry& entry) {
        const auto found = entry.attribute(key);
        return found && matchesAny(wanted, *found);
    };
}

[[nodiscard]] Result<AgentFilter> keyedTerm(const std::string& key, const std::string& value)
{
    if (key == "type") {
        return AgentFilter([types = splitList(value)](const DirectoryEntry& entry) {
            return matchesAny(types, entry.type());
        });
    }
    if (key == "name") {
        return nameTerm(splitList(value));
    }
    if (key == "capability") {
        return AgentFilter([wanted = splitList(value)](const DirectoryEntry& entry) {
            return std::ranges::any_of(
                wanted, [&entry](const std::string& each) { return entry.hasCapability(each); });
        });
    }
    if (key == "state") {
        return stateTerm(value);
    }
    if (key == "id") {
        return idTerm(value);
    }
    return numberTerm(key, value);
}

[[nodiscard]] Result<AgentFilter> parseTerm(const std::string& term)
{
    const auto colon = term.find(':');
    if (colon == std::string::npos) {
        return nameTerm({'*' + term + '*'});
    }
    const auto key = term.substr(0, colon);
    const auto value = term.substr(colon + 1);
    if (!isFilterKey(key)) {
        std::vector<std::string> keys(filterKeys().begin(), filterKeys().end());
        return refused(fmt::format("there is no filter \"{}:\"{}", key, didYouMean(key, keys)),
                       fmt::format("Filters are {} and attr.KEY.", listed(keys)));
    }
    if (value.empty()) {
        return refused(fmt::format("a value is missing after {}:", key));
    }
    return key.starts_with(kAttribute) ? attributeTerm(key.substr(kAttribute.size()), value)
                                       : keyedTerm(key, value);
}

/// Terms with spaces between; double quotes hold a space.
[[nodiscard]] std::vector<std::string> splitTerms(std::string_view text)
{
    std::vector<std::string> terms;
    std::string term;
    bool quoted = false;
    const auto end = [&] {
        if (!term.empty()) {
            terms.push_back(std::exchange(term, {}));
        }
    };
    for (const char c : text) {
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ' ' || c == '\t')) {
            end();
        } else {
            term += c;
        }
    }
    end();
    return terms;
}

}  // namespace

Result<AgentFilter> parseAgentFilter(std::string_view text)
{
    std::vector<AgentFilter> all;
    for (const auto& term : splitTerms(text)) {
        auto filter = parseTerm(term);
        if (!filter) {
            return filter.error();
        }
        all.push_back(*std::move(filter));
    }
    if (all.empty()) {
        return AgentFilter();
    }
    if (all.size() == 1) {
        return std::move(all.front());
    }
    return AgentFilter([all = std::move(all)](const DirectoryEntry& entry) mutable {
        return std::ranges::all_of(all, [&entry](AgentFilter& filter) { return filter(entry); });
    });
}

}  // namespace muster
