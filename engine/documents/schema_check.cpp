// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "documents/nearest.h"
#include "documents/schema.h"
#include "documents/units.h"

namespace muster {

namespace {

/// A key as it stands in a path and in `--set`: in quotes when it has a dot.
std::string pathKey(const std::string& key)
{
    return key.find('.') == std::string::npos ? key : '"' + key + '"';
}

class Checker {
public:
    void value(const Schema& schema, const Value& value)
    {
        switch (schema.type) {
            case SchemaType::boolean:
                expect(value.kind() == ValueKind::boolean, schema, value);
                return;
            case SchemaType::integer:
                expect(value.kind() == ValueKind::integer && inRange(schema, value.asNumber()),
                       schema, value);
                return;
            case SchemaType::number:
                expect(value.isNumeric() && std::isfinite(value.asNumber()) &&
                           inRange(schema, value.asNumber()),
                       schema, value);
                return;
            case SchemaType::text:
                text(schema, value);
                return;
            case SchemaType::duration:
            case SchemaType::rate:
            case SchemaType::size:
            case SchemaType::share:
                quantity(schema, value);
                return;
            case SchemaType::choice:
                choice(schema, value);
                return;
            case SchemaType::list:
                list(schema, value);
                return;
            case SchemaType::table:
                table(schema, value);
                return;
            case SchemaType::map:
                map(schema, value);
                return;
        }
    }

    [[nodiscard]] std::vector<Violation> take() { return std::move(m_found); }

private:
    /// Goes one key deeper for a scope.
    class Deeper {
    public:
        Deeper(Checker& checker, const std::string& key)
            : m_path(checker.m_path), m_length(checker.m_path.size())
        {
            m_path += (m_path.empty() ? "" : ".") + pathKey(key);
        }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        ~Deeper() { m_path.resize(m_length); }

    private:
        std::string& m_path;
        std::size_t m_length;
    };

    void fail(const Position& at, std::string message)
    {
        m_found.push_back({at, m_path, std::move(message)});
    }

    void expect(bool holds, const Schema& schema, const Value& value)
    {
        if (!holds) {
            fail(value.at(),
                 fmt::format("expected {}, found {}", expectedWords(schema), value.describe()));
        }
    }

    static bool inRange(const Schema& schema, double value)
    {
        return (!schema.least || value >= *schema.least) && (!schema.most || value <= *schema.most);
    }

    void text(const Schema& schema, const Value& value)
    {
        if (!value.isText()) {
            expect(false, schema, value);
        } else if (schema.rule) {
            if (const auto expected = schema.rule(value.asText())) {
                fail(value.at(), fmt::format("expected {}, found {}", *expected, value.describe()));
            }
        }
    }

    static std::optional<double> baseUnits(const Schema& schema, const Value& value)
    {
        if (value.isNumeric() &&
            (schema.type == SchemaType::size || schema.type == SchemaType::share)) {
            const double number = value.asNumber();
            const bool fits =
                number >= 0 && (schema.type == SchemaType::size ? value.kind() == ValueKind::integer
                                                                : number <= 1);
            return fits ? std::optional(number) : std::nullopt;
        }
        if (!value.isText()) {
            return std::nullopt;
        }
        const auto asDouble = [](const auto& parsed) -> std::optional<double> {
            return parsed.ok() ? std::optional(static_cast<double>(parsed.value())) : std::nullopt;
        };
        switch (schema.type) {
            case SchemaType::duration: {
                const auto parsed = parseDuration(value.asText());
                return parsed.ok() ? std::optional(static_cast<double>(parsed->count()))
                                   : std::nullopt;
            }
            case SchemaType::rate:
                return asDouble(parseRate(value.asText()));
            case SchemaType::size:
                return asDouble(parseSize(value.asText()));
            default:
                return asDouble(parseShare(value.asText()));
        }
    }

    void quantity(const Schema& schema, const Value& value)
    {
        const auto number = baseUnits(schema, value);
        expect(number && inRange(schema, *number), schema, value);
    }

    void choice(const Schema& schema, const Value& value)
    {
        if (!value.isText()) {
            expect(false, schema, value);
            return;
        }
        const auto& word = value.asText();
        if (std::find(schema.choices.begin(), schema.choices.end(), word) == schema.choices.end()) {
            fail(value.at(), fmt::format("expected {}, found {}{}", expectedWords(schema),
                                         value.describe(), didYouMean(word, schema.choices)));
        }
    }

    void list(const Schema& schema, const Value& value)
    {
        if (!value.isArray()) {
            expect(false, schema, value);
            return;
        }
        const auto& items = value.asArray();
        if (!inRange(schema, static_cast<double>(items.size()))) {
            fail(value.at(),
                 fmt::format("expected {}, found one of {}", expectedWords(schema), items.size()));
        }
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Deeper deeper(*this, std::to_string(i));
            this->value(schema.items.front(), items[i]);
        }
    }

    void map(const Schema& schema, const Value& value)
    {
        if (!value.isTable()) {
            expect(false, schema, value);
            return;
        }
        for (const auto& member : value.asTable()) {
            const Deeper deeper(*this, member.key);
            this->value(schema.items.front(), member.value);
        }
    }

    void table(const Schema& schema, const Value& value)
    {
        if (!value.isTable()) {
            expect(false, schema, value);
            return;
        }
        const auto fields = fieldsInForce(schema, value);
        for (const auto& member : value.asTable()) {
            const Deeper deeper(*this, member.key);
            const auto field =
                std::find_if(fields.begin(), fields.end(),
                             [&](const SchemaField* known) { return known->key == member.key; });
            if (field != fields.end()) {
                this->value((*field)->schema, member.value);
            } else {
                unknown(schema, fields, member);
            }
        }
        for (const SchemaField* field : fields) {
            if (field->required && value.find(field->key) == nullptr) {
                const Deeper deeper(*this, field->key);
                fail(value.at(), fmt::format("missing, expected {}", expectedWords(field->schema)));
            }
        }
    }

    void unknown(const Schema& schema, const std::vector<const SchemaField*>& fields,
                 const Value::Member& member)
    {
        for (const auto& reserved : schema.reserved) {
            if (reserved.key == member.key) {
                fail(member.keyAt, reserved.reason);
                return;
            }
        }
        std::vector<std::string> keys;
        for (const SchemaField* field : fields) {
            keys.push_back(field->key);
        }
        std::string elsewhere;
        for (const auto& variant : schema.variants) {
            for (const auto& field : variant.fields) {
                if (field.key == member.key) {
                    elsewhere += (elsewhere.empty() ? "" : ", ") + variant.choice;
                }
            }
        }
        if (!elsewhere.empty()) {
            fail(member.keyAt, fmt::format("belongs to {} {} only, expected one of {}",
                                           schema.decidedBy, elsewhere, listed(keys)));
            return;
        }
        fail(member.keyAt, fmt::format("unknown key, expected one of {}{}", listed(keys),
                                       didYouMean(member.key, keys)));
    }

    std::string m_path;
    std::vector<Violation> m_found;
};

}  // namespace

std::vector<Violation> check(const Schema& schema, const Value& document)
{
    Checker checker;
    checker.value(schema, document);
    auto found = checker.take();
    std::stable_sort(found.begin(), found.end(),
                     [](const Violation& a, const Violation& b) { return a.at.line < b.at.line; });
    return found;
}

}  // namespace muster
