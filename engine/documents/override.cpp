// SPDX-License-Identifier: Apache-2.0
#include "documents/override.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "documents/nearest.h"
#include "documents/toml.h"

namespace muster {

namespace {

/// Splits `a."b.c".0` at dots outside double quotes. Nothing when a part is empty or open.
std::optional<std::vector<std::string>> splitPath(std::string_view path)
{
    std::vector<std::string> parts(1);
    bool quoted = false;
    for (const char c : path) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == '.' && !quoted) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    const bool empty = std::any_of(parts.begin(), parts.end(),
                                   [](const std::string& part) { return part.empty(); });
    return quoted || empty ? std::nullopt : std::optional(std::move(parts));
}

/// The `=` that ends the path: the first one outside quotes.
std::size_t separatorOf(std::string_view assignment)
{
    bool quoted = false;
    for (std::size_t i = 0; i < assignment.size(); ++i) {
        if (assignment[i] == '"') {
            quoted = !quoted;
        } else if (assignment[i] == '=' && !quoted) {
            return i;
        }
    }
    return std::string_view::npos;
}

/// One assignment on its way down the document.
class Override {
public:
    Override(std::string flag, std::vector<std::string> path, std::string text)
        : m_flag(std::move(flag)),
          m_at{std::make_shared<const std::string>(m_flag), 0, 0},
          m_path(std::move(path)),
          m_text(std::move(text))
    {
    }

    Result<void> apply(Value& node, const Schema& schema, std::size_t depth)
    {
        if (depth == m_path.size()) {
            return assign(node, schema);
        }
        switch (schema.type) {
            case SchemaType::table:
                return intoTable(node, schema, depth);
            case SchemaType::map: {
                return apply(member(node, m_path[depth]), schema.items.front(), depth + 1);
            }
            case SchemaType::list:
                return intoList(node, schema, depth);
            default:
                return fail(fmt::format("\"{}\" holds {} and has no keys", pathTo(depth),
                                        expectedWords(schema)));
        }
    }

private:
    Error fail(std::string message) const
    {
        return {ErrorCode::invalidArgument, std::move(message), m_flag, ""};
    }

    std::string pathTo(std::size_t depth) const
    {
        std::string path;
        for (std::size_t i = 0; i < depth; ++i) {
            path += (path.empty() ? "" : ".") + m_path[i];
        }
        return path;
    }

    Value& member(Value& node, const std::string& key) const
    {
        if (!node.isTable()) {
            node = Value(Value::Table{});
            node.setAt(m_at);
        }
        if (Value* there = node.find(key)) {
            return *there;
        }
        Value fresh;
        fresh.setAt(m_at);
        return node.set(key, std::move(fresh));
    }

    Result<void> intoTable(Value& node, const Schema& schema, std::size_t depth)
    {
        const std::string& key = m_path[depth];
        std::vector<std::string> known;
        for (const SchemaField* field : fieldsInForce(schema, node)) {
            if (field->key == key) {
                return apply(member(node, key), field->schema, depth + 1);
            }
            known.push_back(field->key);
        }
        // A key of another variant: the decision may be set by a later flag; check() judges.
        for (const auto& variant : schema.variants) {
            for (const auto& field : variant.fields) {
                if (field.key == key) {
                    return apply(member(node, key), field.schema, depth + 1);
                }
            }
        }
        for (const auto& reserved : schema.reserved) {
            if (reserved.key == key) {
                return fail(fmt::format("key \"{}\": {}", pathTo(depth + 1), reserved.reason));
            }
        }
        return fail(fmt::format("key \"{}\": unknown key, expected one of {}{}", pathTo(depth + 1),
                                listed(known), didYouMean(key, known)));
    }

    Result<void> intoList(Value& node, const Schema& schema, std::size_t depth)
    {
        const std::string& part = m_path[depth];
        const std::size_t size = node.isArray() ? node.asArray().size() : 0;
        std::size_t index = 0;
        const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), index);
        if (problem != std::errc() || end != part.data() + part.size() || index >= size) {
            const auto range =
                size == 0 ? std::string("but it has none") : fmt::format("from 0 to {}", size - 1);
            return fail(fmt::format("key \"{}\": expected the number of an entry of \"{}\", {}",
                                    pathTo(depth + 1), pathTo(depth), range));
        }
        return apply(node.asArray()[index], schema.items.front(), depth + 1);
    }

    Result<void> assign(Value& node, const Schema& schema)
    {
        auto value = read(schema);
        if (!value.ok()) {
            return value.error();
        }
        node = std::move(value).value();
        place(node);
        const auto violations = check(schema, node);
        if (!violations.empty()) {
            const auto& first = violations.front();
            const auto below = first.key.empty() ? std::string() : "." + first.key;
            return fail(
                fmt::format("key \"{}{}\": {}", pathTo(m_path.size()), below, first.message));
        }
        return {};
    }

    Result<Value> read(const Schema& schema) const
    {
        switch (schema.type) {
            case SchemaType::boolean:
            case SchemaType::integer:
            case SchemaType::number: {
                auto value = parseTomlValue(m_text, m_flag);
                // What does not read as TOML is kept as text for check() to name.
                return value.ok() ? value : Result<Value>(Value(m_text));
            }
            case SchemaType::list:
                if (m_text.empty() || m_text.front() != '[') {
                    return commaList(schema.items.front());
                }
                return parseTomlValue(m_text, m_flag);
            case SchemaType::table:
            case SchemaType::map:
                return parseTomlValue(m_text, m_flag);
            default:
                return Value(m_text);
        }
    }

    Result<Value> commaList(const Schema& item) const
    {
        Value::Array items;
        std::string_view rest = m_text;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const auto part = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
            const Override one(m_flag, {}, std::string(part));
            auto value = one.read(item);
            if (!value.ok()) {
                return value.error();
            }
            items.push_back(std::move(value).value());
        }
        return Value(std::move(items));
    }

    /// Every node that came from the flag says so.
    void place(Value& node) const
    {
        node.setAt(m_at);
        if (node.isArray()) {
            for (auto& item : node.asArray()) {
                place(item);
            }
        } else if (node.isTable()) {
            for (auto& entry : node.asTable()) {
                entry.keyAt = m_at;
                place(entry.value);
            }
        }
    }

    std::string m_flag;
    Position m_at;
    std::vector<std::string> m_path;
    std::string m_text;
};

}  // namespace

Result<void> applyOverride(Value& document, const Schema& schema, std::string_view assignment)
{
    const auto separator = separatorOf(assignment);
    const auto path = separator == std::string_view::npos
                          ? std::nullopt
                          : splitPath(assignment.substr(0, separator));
    if (!path) {
        return Error{ErrorCode::invalidArgument, "expected KEY=VALUE, such as input.path=/srv",
                     fmt::format("--set {}", assignment), ""};
    }
    Override one(fmt::format("--set {}", assignment), *path,
                 std::string(assignment.substr(separator + 1)));
    // On a copy, so that a refused flag leaves no half-made tables behind.
    Value changed = document;
    auto applied = one.apply(changed, schema, 0);
    if (applied.ok()) {
        document = std::move(changed);
    }
    return applied;
}

}  // namespace muster
