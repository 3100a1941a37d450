// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/directory.h"

namespace muster {
namespace {

using Compare = AgentCondition::Compare;

constexpr std::string_view kAttribute = "attr.";

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[nodiscard]] std::optional<double> numberOf(std::string_view text) noexcept
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

[[nodiscard]] bool holds(Compare compare, int order) noexcept
{
    switch (compare) {
        case Compare::equal:
        case Compare::in:
            return order == 0;
        case Compare::notEqual:
            return order != 0;
        case Compare::less:
            return order < 0;
        case Compare::lessEqual:
            return order <= 0;
        case Compare::greater:
            return order > 0;
        case Compare::greaterEqual:
            return order >= 0;
    }
    return false;
}

[[nodiscard]] bool matches(const AgentCondition& condition, std::string_view value)
{
    return std::ranges::any_of(condition.values, [&](const std::string& wanted) {
        const auto left = numberOf(value);
        const auto right = numberOf(wanted);
        const int order =
            left && right ? (*left > *right) - (*left < *right) : value.compare(wanted);
        return holds(condition.compare, order);
    });
}

[[nodiscard]] bool matches(const AgentCondition& condition, std::uint64_t value)
{
    return std::ranges::any_of(condition.values, [&](const std::string& wanted) {
        const auto right = numberOf(wanted);
        const auto left = static_cast<double>(value);
        return right && holds(condition.compare, (left > *right) - (left < *right));
    });
}

[[nodiscard]] bool matchesCapability(const AgentCondition& condition, const DirectoryEntry& entry)
{
    const bool has = std::ranges::any_of(condition.values, [&entry](const std::string& wanted) {
        return entry.hasCapability(wanted);
    });
    return condition.compare == Compare::notEqual ? !has : has;
}

[[nodiscard]] bool matchesEntry(const AgentCondition& condition, const DirectoryEntry& entry)
{
    const std::string_view property = condition.property;
    if (property.starts_with(kAttribute)) {
        const auto value = entry.attribute(property.substr(kAttribute.size()));
        // What an agent does not have differs from every value, and is neither less nor more.
        return value ? matches(condition, *value) : condition.compare == Compare::notEqual;
    }
    if (property == "type") {
        return matches(condition, entry.type());
    }
    if (property == "state") {
        return matches(condition, toString(entry.state()));
    }
    if (property == "capability") {
        return matchesCapability(condition, entry);
    }
    if (property == "name") {
        return matches(condition, std::string_view(entry.name()));
    }
    if (property == "id") {
        return matches(condition, std::string_view(toString(entry.id())));
    }
    if (property == "handled") {
        return matches(condition, entry.handled());
    }
    return matches(condition, property == "mailbox" ? entry.mailbox() : entry.restarts());
}

[[nodiscard]] Result<void> check(const AgentCondition& condition)
{
    static constexpr std::array<std::string_view, 8> known{
        "id", "name", "type", "state", "capability", "handled", "mailbox", "restarts"};
    const std::string_view property = condition.property;
    if (std::ranges::find(known, property) == known.end() &&
        !(property.starts_with(kAttribute) && property.size() > kAttribute.size())) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("agents have no property {}", property), condition.property,
                     "Use id, name, type, state, capability, handled, mailbox, restarts or "
                     "attr.<key>"};
    }
    if (condition.values.empty()) {
        return Error{ErrorCode::invalidArgument, "a condition needs a value", condition.property,
                     ""};
    }
    if (property == "capability" && condition.compare != Compare::equal &&
        condition.compare != Compare::notEqual && condition.compare != Compare::in) {
        return Error{ErrorCode::invalidArgument, "capabilities have no order", "capability",
                     "Use =, != or in"};
    }
    return {};
}

struct Operator {
    std::string_view text;
    Compare compare;
};

// Longer ones first, so that "<=" is not taken for "<".
constexpr std::array<Operator, 6> kOperators{{{"!=", Compare::notEqual},
                                              {"<=", Compare::lessEqual},
                                              {">=", Compare::greaterEqual},
                                              {"=", Compare::equal},
                                              {"<", Compare::less},
                                              {">", Compare::greater}}};

[[nodiscard]] std::vector<std::string> listOf(std::string_view text)
{
    std::vector<std::string> values;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        values.emplace_back(trimmed(text.substr(0, comma)));
        text = text.substr(std::min(comma + 1, text.size()));
    }
    return values;
}

}  // namespace

Result<AgentCondition> parseAgentCondition(std::string_view text)
{
    AgentCondition condition;
    const std::string_view whole = trimmed(text);
    const auto end = std::min(whole.find_first_of(" \t=!<>"), whole.size());
    condition.property = whole.substr(0, end);
    const std::string_view rest = trimmed(whole.substr(end));
    const auto found = std::ranges::find_if(
        kOperators, [rest](const Operator& each) { return rest.starts_with(each.text); });
    if (found != kOperators.end()) {
        condition.compare = found->compare;
        condition.values = {std::string(trimmed(rest.substr(found->text.size())))};
    } else if (rest.starts_with("in ")) {
        condition.compare = Compare::in;
        condition.values = listOf(rest.substr(3));
    } else {
        return Error{ErrorCode::invalidArgument, fmt::format("\"{}\" is no condition", whole), "",
                     "Write it as PROPERTY = VALUE, with one of = != < <= > >= in"};
    }
    if (const Result<void> fine = check(condition); !fine.ok()) {
        return fine.error();
    }
    return condition;
}

Result<std::vector<AgentId>> Directory::query(const std::vector<AgentCondition>& conditions,
                                              std::size_t limit) const
{
    for (const AgentCondition& condition : conditions) {
        if (const Result<void> fine = check(condition); !fine.ok()) {
            return fine.error();
        }
    }
    std::vector<AgentId> found;
    forEach([&](const DirectoryEntry& entry) {
        if (found.size() < limit &&
            std::ranges::all_of(conditions, [&entry](const AgentCondition& condition) {
                return matchesEntry(condition, entry);
            })) {
            found.push_back(entry.id());
        }
        return found.size() < limit;
    });
    return found;
}

}  // namespace muster
