// SPDX-License-Identifier: Apache-2.0
#include "api/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "api/internal/command_check.h"
#include "documents/nearest.h"

namespace muster {

namespace {

/// A word of the line: KEY=VALUE when `key` is set.
struct Word {
    std::optional<std::string> key;
    std::string value;
};

constexpr std::string_view kBlank = " \t\r\n";

[[nodiscard]] Error refused(std::string message, std::string advice)
{
    return {ErrorCode::invalidArgument, std::move(message), {}, std::move(advice)};
}

/// Reads one word off the front of `rest`, which starts with no blank.
[[nodiscard]] Result<Word> takeWord(std::string_view& rest)
{
    Word word;
    bool quoted = false;
    bool wasQuoted = false;
    std::size_t at = 0;
    for (; at < rest.size() && (quoted || kBlank.find(rest[at]) == std::string_view::npos); ++at) {
        const char c = rest[at];
        if (quoted && c == '\\' && at + 1 < rest.size()) {
            word.value += rest[++at];
        } else if (c == '"') {
            quoted = !quoted;
            wasQuoted = true;
        } else if (c == '=' && !wasQuoted && !word.key && !word.value.empty()) {
            word.key = std::exchange(word.value, {});
        } else {
            word.value += c;
        }
    }
    if (quoted) {
        return refused("a double quote is not closed", "End the value with a double quote.");
    }
    rest.remove_prefix(at);
    return word;
}

void skipBlank(std::string_view& rest)
{
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()));
}

[[nodiscard]] const CommandParameter* parameterOf(const CommandInfo& info, ParameterKind kind)
{
    const auto found = std::ranges::find(info.parameters, kind, &CommandParameter::kind);
    return found == info.parameters.end() ? nullptr : &*found;
}

[[nodiscard]] const CommandParameter* parameterOf(const CommandInfo& info, std::string_view name)
{
    const auto found = std::ranges::find(info.parameters, name, &CommandParameter::name);
    return found == info.parameters.end() ? nullptr : &*found;
}

void append(std::string& text, std::string_view more)
{
    if (!text.empty()) {
        text += ' ';
    }
    text += more;
}

/// Gives each word to the parameter it is for.
class Assignment {
public:
    Assignment(const CommandInfo& info, Command& command)
        : m_info(info), m_command(command), m_filter(parameterOf(info, ParameterKind::filter))
    {
    }

    [[nodiscard]] Result<void> give(const Word& word)
    {
        if (word.key) {
            return giveNamed(*word.key, word.value);
        }
        if (m_filter != nullptr && isFilterTerm(word.value)) {
            append(m_command.arguments[std::string(m_filter->name)], word.value);
            return {};
        }
        return givePositional(word.value);
    }

private:
    [[nodiscard]] Result<void> giveNamed(const std::string& key, const std::string& value)
    {
        const auto* parameter = parameterOf(m_info, key);
        if (parameter == nullptr && m_filter != nullptr && isFilterKey(key)) {
            append(m_command.arguments[std::string(m_filter->name)], key + ':' + value);
            return {};
        }
        if (parameter == nullptr) {
            return unknown(key);
        }
        m_command.arguments[key] = value;
        return {};
    }

    [[nodiscard]] Result<void> givePositional(const std::string& value)
    {
        for (const auto& parameter : m_info.parameters) {
            const auto given = m_command.arguments.find(parameter.name);
            if (given == m_command.arguments.end()) {
                m_command.arguments.emplace(parameter.name, value);
                return {};
            }
            if (&parameter == &m_info.parameters.back() && parameter.kind == ParameterKind::text) {
                append(given->second, value);
                return {};
            }
        }
        return refused(
            fmt::format("{} takes no more than {} value{}, \"{}\" is one too many", m_info.name,
                        m_info.parameters.size(), m_info.parameters.size() == 1 ? "" : "s", value),
            fmt::format("For example: {}.", m_info.example));
    }

    [[nodiscard]] Error unknown(const std::string& key) const
    {
        std::vector<std::string> names;
        for (const auto& parameter : m_info.parameters) {
            names.emplace_back(parameter.name);
        }
        if (m_filter != nullptr) {
            names.insert(names.end(), filterKeys().begin(), filterKeys().end());
        }
        return refused(
            fmt::format("{} has no parameter \"{}\"{}", m_info.name, key, didYouMean(key, names)),
            fmt::format("For example: {}.", m_info.example));
    }

    const CommandInfo& m_info;
    Command& m_command;
    const CommandParameter* m_filter;
};

[[nodiscard]] std::string quoted(std::string_view value)
{
    if (!value.empty() && value.find_first_of(" \t\"\\=") == std::string_view::npos) {
        return std::string(value);
    }
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            text += '\\';
        }
        text += c;
    }
    return text + '"';
}

}  // namespace

std::string Command::text() const
{
    std::string line = name;
    const auto add = [&](std::string_view key, std::string_view value) {
        line += fmt::format(" {}={}", key, quoted(value));
    };
    const auto* info = findCommand(name);
    if (info == nullptr) {
        for (const auto& [key, value] : arguments) {
            add(key, value);
        }
        return line;
    }
    for (const auto& parameter : info->parameters) {
        const auto given = arguments.find(parameter.name);
        if (given != arguments.end()) {
            add(given->first, given->second);
        }
    }
    return line;
}

Result<Command> parseCommand(std::string_view line)
{
    skipBlank(line);
    const auto end = std::min(line.find_first_of(kBlank), line.size());
    Command command;
    command.name = line.substr(0, end);
    line.remove_prefix(end);
    const auto* info = findCommand(command.name);
    if (info == nullptr) {
        return unknownCommand(command.name);
    }
    Assignment assignment(*info, command);
    for (skipBlank(line); !line.empty(); skipBlank(line)) {
        const auto word = takeWord(line);
        if (!word) {
            return word.error();
        }
        if (const auto given = assignment.give(*word); !given) {
            return given.error();
        }
    }
    if (const auto checked = checkCommand(command); !checked) {
        return checked.error();
    }
    return command;
}

}  // namespace muster
