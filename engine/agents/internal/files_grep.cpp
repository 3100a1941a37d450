// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <regex.h>

#include <array>

#include "agents/internal/built_in.h"
#include "agents/internal/file_action.h"
#include "agents/internal/file_reading.h"
#include "agents/line_stream.h"

namespace muster {

namespace {

constexpr std::uint64_t kModelLinesPerMatch = 50;

/// Whether a line holds the pattern: as it stands, or as a POSIX extended regular expression.
class Pattern {
public:
    Pattern() = default;
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;
    ~Pattern()
    {
        if (m_compiled) {
            ::regfree(&m_regex);
        }
    }

    [[nodiscard]] Result<void> compile(std::string text, bool regex, bool ignoreCase)
    {
        m_text = std::move(text);
        if (!regex && !ignoreCase) {
            return {};
        }
        const int flags = REG_EXTENDED | REG_NEWLINE | (ignoreCase ? REG_ICASE : 0);
        const int problem = ::regcomp(&m_regex, (regex ? m_text : escaped(m_text)).c_str(), flags);
        if (problem != 0) {
            std::array<char, 200> words{};
            ::regerror(problem, &m_regex, words.data(), words.size());
            return Error{
                ErrorCode::invalidArgument,
                fmt::format("\"{}\" is no extended regular expression: {}", m_text, words.data()),
                "", "Correct it or leave out regex = true"};
        }
        m_compiled = true;
        return {};
    }

    /// `scratch` is the caller's, to be used again.
    [[nodiscard]] bool in(std::string_view line, std::string& scratch) const
    {
        if (!m_compiled) {
            return line.find(m_text) != std::string_view::npos;
        }
        // Ended by a zero byte, as POSIX has it; the range lets the line have some of its own.
        scratch.assign(line);
        regmatch_t range{};
        range.rm_eo = static_cast<regoff_t>(scratch.size());
        return ::regexec(&m_regex, scratch.c_str(), 1, &range, REG_STARTEND) == 0;
    }

private:
    static std::string escaped(const std::string& text)
    {
        std::string out;
        for (const char c : text) {
            if (std::string_view("\\^$.[]|()*+?{}").find(c) != std::string_view::npos) {
                out += '\\';
            }
            out += c;
        }
        return out;
    }

    std::string m_text;
    regex_t m_regex{};
    bool m_compiled = false;
};

Fields figures(std::string_view path, std::uint64_t bytes, std::uint64_t lines,
               std::uint64_t matches)
{
    return {{"path", path}, {"bytes", bytes}, {"lines", lines}, {"matches", matches}};
}

class FilesGrep final : public FileAction {
public:
    [[nodiscard]] Result<void> configure(const Value& parameters)
    {
        const auto flag = [&](const char* key) {
            const Value* value = parameters.find(key);
            return value != nullptr && value->asBool();
        };
        const Value& pattern = *parameters.find("pattern");
        auto compiled = m_pattern.compile(pattern.asText(), flag("regex"), flag("ignore_case"));
        if (!compiled.ok()) {
            Error error = compiled.error();
            error.where = "pattern";
            return error;
        }
        return {};
    }

private:
    [[nodiscard]] ActionOutcome work(const ActionCall& call) const override
    {
        LineStream lines;
        std::uint64_t bytes = 0;
        std::uint64_t count = 0;
        std::uint64_t matches = 0;
        std::string scratch;
        const LineStream::Use use = [&](std::string_view line) {
            ++count;
            matches += m_pattern.in(line, scratch) ? 1 : 0;
        };
        std::uint64_t unended = 0;
        auto failure = readFile(call, [&](std::span<const unsigned char> chunk) {
            bytes += chunk.size();
            unended = chunk.back() == '\n' ? 0 : 1;
            lines.add(chunk, use);
            return true;
        });
        if (failure) {
            return std::move(*failure);
        }
        lines.finish(use);
        return figures(call.item, bytes, count - unended, matches);
    }
    [[nodiscard]] Fields modelled(const ActionCall& call, const FileModel& file) const override
    {
        return figures(call.item, file.bytes, file.lines, file.lines / kModelLinesPerMatch);
    }

    Pattern m_pattern;
};

Schema patternSchema()
{
    auto pattern = schema::of(SchemaType::text, "what to look for in each line");
    pattern.pattern = "^[^\\n]+$";
    pattern.rule = [](std::string_view text) -> std::optional<std::string> {
        if (text.empty() || text.find('\n') != std::string_view::npos ||
            text.find('\0') != std::string_view::npos) {
            return "text of one line that is not empty";
        }
        return std::nullopt;
    };
    return pattern;
}

}  // namespace

ActionInfo filesGrep()
{
    ActionInfo info;
    info.kind = "files.grep";
    info.help = "how many lines of a file hold a pattern";
    info.parameters = {
        schema::required("pattern", patternSchema()),
        schema::standard(
            "regex",
            schema::of(SchemaType::boolean, "the pattern is a POSIX extended regular expression"),
            Value(false)),
        schema::standard("ignore_case",
                         schema::of(SchemaType::boolean, "capital letters match small ones"),
                         Value(false))};
    info.columns = {"path", "bytes", "lines", "matches"};
    info.blocking = true;
    info.needsItem = true;
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        auto action = std::make_shared<FilesGrep>();
        auto configured = action->configure(parameters);
        if (!configured.ok()) {
            return configured.error();
        }
        return std::shared_ptr<const Action>(std::move(action));
    };
    return info;
}

}  // namespace muster
