// SPDX-License-Identifier: Apache-2.0
#include "agents/text_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "documents/json.h"
#include "documents/nearest.h"

namespace muster {
namespace {

bool isName(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
}

bool isVariable(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9') ||
           (!first && c >= 'a' && c <= 'z');
}

std::vector<std::string> split(std::string_view text, char at)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

Error wrong(std::string message)
{
    return {ErrorCode::invalidArgument, std::move(message), "",
            "Write a brace that is meant as such twice: {{"};
}

Escape usualEscape(TextTarget target, bool atBegin)
{
    switch (target) {
        case TextTarget::url:
            return atBegin ? Escape::url : Escape::urlPart;
        case TextTarget::json:
            return Escape::json;
        case TextTarget::form:
            return Escape::form;
        case TextTarget::fileName:
            return Escape::fileName;
        case TextTarget::plain:
        case TextTarget::header:
        case TextTarget::argument:
            break;
    }
    return Escape::none;
}

std::string textOf(const Value& value, bool whole)
{
    return value.isText() && !whole ? value.asText() : toJson(value);
}

}  // namespace

Result<const Value*> TemplateValues::field(const std::vector<std::string>& path)
{
    if (!m_item) {
        m_item = parseJson(m_call.item, "item");
    }
    const Value* at = m_item->ok() ? &m_item->value() : nullptr;
    for (const auto& key : path) {
        at = at != nullptr ? at->find(key) : nullptr;
    }
    if (at == nullptr) {
        return Error{ErrorCode::invalidArgument,
                     m_item->ok() ? fmt::format("the item has no field {}", fmt::join(path, "."))
                                  : "the item is no JSON object, and so has no fields",
                     std::string(m_call.item), "Correct the template or the input"};
    }
    return at;
}

/// Cuts a text into its parts.
class TextTemplate::Parser {
public:
    Parser(std::string_view text, TextTarget target, Environment environment)
        : m_rest(text), m_target(target), m_environment(environment)
    {
    }

    [[nodiscard]] Result<std::vector<Part>> parse()
    {
        while (!m_rest.empty()) {
            if (auto read = next(); !read) {
                return read.error();
            }
        }
        flush();
        return std::move(m_parts);
    }

private:
    Result<void> next()
    {
        if (m_rest.front() == '{') {
            return brace();
        }
        if (m_rest.front() == '$' && m_environment == Environment::allowed) {
            return dollar();
        }
        take(1);
        return {};
    }

    Result<void> brace()
    {
        if (m_rest.substr(0, 2) == "{{") {
            m_text += '{';
            m_rest.remove_prefix(2);
            return {};
        }
        std::size_t end = 1;
        while (end < m_rest.size() && isName(m_rest[end])) {
            ++end;
        }
        if (end == 1 || end == m_rest.size() || m_rest[end] != '}') {
            take(1);
            return {};
        }
        const std::string_view name = m_rest.substr(1, end - 1);
        m_rest.remove_prefix(end + 1);
        const bool atBegin = m_parts.empty() && m_text.empty();
        flush();
        return place(name, atBegin);
    }

    Result<void> dollar()
    {
        if (m_rest.substr(0, 2) == "$$") {
            m_text += '$';
            m_rest.remove_prefix(2);
            return {};
        }
        const bool braced = m_rest.substr(0, 2) == "${";
        const std::size_t begin = braced ? 2 : 1;
        std::size_t end = begin;
        while (end < m_rest.size() && isVariable(m_rest[end], end == begin)) {
            ++end;
        }
        if (braced && (end == begin || end == m_rest.size() || m_rest[end] != '}')) {
            return wrong("expected the name of an environment variable, as in ${NAME}");
        }
        if (end == begin) {
            take(1);
            return {};
        }
        Part part;
        part.place = Place::secret;
        part.text = m_rest.substr(begin, end - begin);
        part.escape = usualEscape(m_target, false);
        m_rest.remove_prefix(end + (braced ? 1 : 0));
        flush();
        m_parts.push_back(std::move(part));
        return {};
    }

    Result<void> place(std::string_view name, bool atBegin)
    {
        const auto colon = name.find(':');
        Part part;
        part.escape = usualEscape(m_target, atBegin);
        if (colon != std::string_view::npos) {
            if (auto changed = modify(part, name.substr(colon + 1)); !changed) {
                return changed;
            }
        }
        auto words = split(name.substr(0, colon), '.');
        const std::string root = words.front();
        if (std::ranges::any_of(words, [](const std::string& word) { return word.empty(); })) {
            return wrong(fmt::format("\"{{{}}}\" has an empty name", name));
        }
        if (root == "helpers") {
            return port(std::move(words), std::move(part));
        }
        if (words.size() > 1 && root == "item") {
            part.place = Place::field;
            part.path.assign(words.begin() + 1, words.end());
        } else if (words.size() == 1 && (root == "item" || root == "number" || root == "attempt")) {
            part.place = root == "item"     ? Place::item
                         : root == "number" ? Place::number
                                            : Place::attempt;
        } else {
            const std::array<std::string, 4> known{"item", "number", "attempt", "helpers"};
            return wrong(fmt::format(
                "\"{{{}}}\" cannot be filled in, expected {{item}}, {{item.KEY}}, {{number}}, "
                "{{attempt}} or {{helpers.NAME.port}}{}",
                name, didYouMean(root, known)));
        }
        m_parts.push_back(std::move(part));
        return {};
    }

    Result<void> port(std::vector<std::string> words, Part part)
    {
        if (words.size() < 3 || words.back() != "port") {
            return wrong("of a helper there is {helpers.NAME.port} only");
        }
        part.place = Place::port;
        part.escape = Escape::none;
        for (std::size_t i = 1; i + 1 < words.size(); ++i) {  // a name may have dots
            part.text += (i > 1 ? "." : "") + words[i];
        }
        m_parts.push_back(std::move(part));
        return {};
    }

    Result<void> modify(Part& part, std::string_view word)
    {
        if (m_target == TextTarget::url && word == "path") {
            part.escape = Escape::urlPath;
        } else if (m_target == TextTarget::url && word == "url") {
            part.escape = Escape::url;
        } else if (m_target == TextTarget::json && word == "json") {
            part.escape = Escape::none;
            part.whole = true;
        } else if (m_target == TextTarget::argument && (word == "name" || word == "stem")) {
            part.escape = word == "name" ? Escape::pathName : Escape::pathStem;
        } else {
            return wrong(
                fmt::format("\":{}\" is not known here, expected {}", word,
                            m_target == TextTarget::url ? ":path (keeps \"/\") or :url (as it is)"
                            : m_target == TextTarget::json     ? ":json (a whole JSON value)"
                            : m_target == TextTarget::argument ? ":name or :stem (of a path)"
                                                               : "none"));
        }
        return {};
    }

    void take(std::size_t count)
    {
        m_text += m_rest.substr(0, count);
        m_rest.remove_prefix(count);
    }
    void flush()
    {
        if (!m_text.empty()) {
            Part part;
            part.text = std::exchange(m_text, {});
            m_parts.push_back(std::move(part));
        }
    }

    std::string_view m_rest;
    TextTarget m_target;
    Environment m_environment;
    std::string m_text;
    std::vector<Part> m_parts;
};

Result<TextTemplate> TextTemplate::parse(std::string_view text, TextTarget target,
                                         Environment environment)
{
    auto parts = Parser(text, target, environment).parse();
    if (!parts) {
        return parts.error();
    }
    TextTemplate made;
    made.m_target = target;
    made.m_source = text;
    made.m_parts = *std::move(parts);
    return made;
}

bool TextTemplate::constant() const noexcept
{
    return std::ranges::all_of(m_parts, [](const Part& part) { return part.place == Place::text; });
}

bool TextTemplate::usesItem() const noexcept
{
    return std::ranges::any_of(m_parts, [](const Part& part) {
        return part.place == Place::item || part.place == Place::field;
    });
}

bool TextTemplate::usesEnvironment() const noexcept
{
    return std::ranges::any_of(m_parts,
                               [](const Part& part) { return part.place == Place::secret; });
}

bool TextTemplate::beginsOpen() const noexcept
{
    return !m_parts.empty() && m_parts.front().place != Place::text;
}

std::vector<std::string> TextTemplate::helpers() const
{
    std::vector<std::string> names;
    for (const auto& part : m_parts) {
        if (part.place == Place::port) {
            names.push_back(part.text);
        }
    }
    return names;
}

Result<TextTemplate> TextTemplate::bind(const ActionWorld& world, Secrets& secrets) const
{
    TextTemplate bound = *this;
    for (Part& part : bound.m_parts) {
        if (part.place == Place::secret) {
            auto secret = secrets.take(part.text);
            if (!secret) {
                return secret.error();
            }
            part.text = escaped(*secret, part.escape);
        } else if (part.place == Place::port) {
            const auto helper =
                std::ranges::find(world.helpers, part.text, &ActionWorld::Helper::name);
            if (helper == world.helpers.end()) {
                return Error{ErrorCode::notFound,
                             fmt::format("there is no helper \"{}\"", part.text), "", ""};
            }
            part.text = std::to_string(helper->port);
        } else {
            continue;
        }
        part.place = Place::text;
    }
    return bound;
}

Result<std::string> TextTemplate::valueOf(const Part& part, TemplateValues& values) const
{
    switch (part.place) {
        case Place::item: {
            const std::string_view item = values.call().item;
            return part.whole ? toJson(Value(std::string(item))) : escaped(item, part.escape);
        }
        case Place::field: {
            const auto field = values.field(part.path);
            if (!field) {
                return field.error();
            }
            return escaped(textOf(**field, part.whole), part.escape);
        }
        case Place::number:
            return std::to_string(values.call().number);
        case Place::attempt:
            return std::to_string(values.call().attempt);
        case Place::text:
        case Place::port:
        case Place::secret:
            break;
    }
    return part.text;
}

Result<std::string> TextTemplate::fitting(const Part& part, TemplateValues& values) const
{
    auto value = valueOf(part, values);
    if (!value) {
        return value;
    }
    const bool line = value->find_first_of("\r\n") != std::string::npos;
    const bool zero = value->find('\0') != std::string::npos;
    if ((m_target == TextTarget::header && (line || zero)) ||
        (m_target == TextTarget::argument && zero)) {
        return Error{ErrorCode::invalidArgument,
                     m_target == TextTarget::header ? "a line's end cannot stand in a header"
                                                    : "a zero byte cannot stand in an argument",
                     std::string(values.call().item), "Correct the input"};
    }
    return value;
}

Result<std::string> TextTemplate::fill(TemplateValues& values) const
{
    std::string out;
    for (const Part& part : m_parts) {
        if (part.place == Place::text) {
            out += part.text;
            continue;
        }
        auto value = fitting(part, values);
        if (!value) {
            return value;
        }
        out += *value;
    }
    return out;
}

std::vector<std::string> TextTemplate::problems(TemplateValues& values) const
{
    std::vector<std::string> found;
    for (const Part& part : m_parts) {
        if (part.place != Place::item && part.place != Place::field) {
            continue;
        }
        const auto value = fitting(part, values);
        if (!value && std::ranges::find(found, value.error().message) == found.end()) {
            found.push_back(value.error().message);
        }
    }
    return found;
}

void addProblems(std::vector<std::string>& found, std::string_view parameter,
                 const TextTemplate& text, TemplateValues& values)
{
    for (const std::string& problem : text.problems(values)) {
        found.push_back(fmt::format("{}: {}", parameter, problem));
    }
}

}  // namespace muster
