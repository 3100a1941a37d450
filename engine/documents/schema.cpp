// SPDX-License-Identifier: Apache-2.0
#include "documents/schema.h"

#include <fmt/format.h>

#include "documents/nearest.h"
#include "documents/units.h"

namespace muster {

namespace schema {

Schema of(SchemaType type, std::string help)
{
    Schema made;
    made.type = type;
    made.help = std::move(help);
    return made;
}

Schema choice(std::vector<std::string> choices, std::string help)
{
    Schema made = of(SchemaType::choice, std::move(help));
    made.choices = std::move(choices);
    return made;
}

Schema list(Schema item, std::string help)
{
    Schema made = of(SchemaType::list, std::move(help));
    made.items.push_back(std::move(item));
    return made;
}

Schema map(Schema item, std::string help)
{
    Schema made = of(SchemaType::map, std::move(help));
    made.items.push_back(std::move(item));
    return made;
}

Schema table(std::vector<SchemaField> fields, std::string help)
{
    Schema made = of(SchemaType::table, std::move(help));
    made.fields = std::move(fields);
    return made;
}

SchemaField required(std::string key, Schema schema)
{
    return {std::move(key), std::move(schema), true, std::nullopt};
}

SchemaField optional(std::string key, Schema schema)
{
    return {std::move(key), std::move(schema), false, std::nullopt};
}

SchemaField standard(std::string key, Schema schema, Value value)
{
    return {std::move(key), std::move(schema), false, std::move(value)};
}

}  // namespace schema

namespace {

std::string bound(const Schema& schema, double value)
{
    switch (schema.type) {
        case SchemaType::duration:
            return formatDuration(Duration{static_cast<std::int64_t>(value)});
        case SchemaType::rate:
            return formatRate(value);
        case SchemaType::share:
            return fmt::format("{}%", value * 100);
        default:
            return fmt::format("{}", value);
    }
}

std::string rangeWords(const Schema& schema)
{
    if (schema.least && schema.most) {
        return fmt::format(" from {} to {}", bound(schema, *schema.least),
                           bound(schema, *schema.most));
    }
    if (schema.least) {
        return fmt::format(" of at least {}", bound(schema, *schema.least));
    }
    return schema.most ? fmt::format(" of at most {}", bound(schema, *schema.most)) : std::string();
}

std::string listWords(const Schema& schema)
{
    if (schema.least && schema.most && *schema.least == *schema.most) {
        return fmt::format("a list of exactly {}", *schema.least);
    }
    return fmt::format("a list{}", schema.least || schema.most
                                       ? " with a number of entries" + rangeWords(schema)
                                       : std::string());
}

}  // namespace

std::string expectedWords(const Schema& schema)
{
    if (!schema.expected.empty()) {
        return schema.expected;
    }
    switch (schema.type) {
        case SchemaType::boolean:
            return "true or false";
        case SchemaType::integer:
            return "a whole number" + rangeWords(schema);
        case SchemaType::number:
            return "a number" + rangeWords(schema);
        case SchemaType::text:
            return "text";
        case SchemaType::duration:
            return "a duration such as \"2s\"" + rangeWords(schema);
        case SchemaType::rate:
            return "a rate such as \"500/s\"" + rangeWords(schema);
        case SchemaType::size:
            return "a size such as \"1GiB\"" + rangeWords(schema);
        case SchemaType::share:
            return "a share such as \"50%\"" + rangeWords(schema);
        case SchemaType::choice:
            return "one of " + listed(schema.choices);
        case SchemaType::list:
            return listWords(schema);
        case SchemaType::table:
        case SchemaType::map:
            return "a table";
    }
    return {};
}

std::vector<const SchemaField*> fieldsInForce(const Schema& table, const Value& content)
{
    std::vector<const SchemaField*> fields;
    const Value* decision = nullptr;
    const SchemaField* decider = nullptr;
    for (const auto& field : table.fields) {
        fields.push_back(&field);
        if (!table.decidedBy.empty() && field.key == table.decidedBy) {
            decider = &field;
            decision = content.find(table.decidedBy);
        }
    }
    if (decision == nullptr && decider != nullptr && decider->standard) {
        decision = &*decider->standard;
    }
    if (decision != nullptr && decision->isText()) {
        for (const auto& variant : table.variants) {
            if (variant.choice == decision->asText()) {
                for (const auto& field : variant.fields) {
                    fields.push_back(&field);
                }
            }
        }
    }
    return fields;
}

std::string Violation::text() const
{
    std::string out = at.text();
    if (!out.empty()) {
        out += ": ";
    }
    if (!key.empty()) {
        out += fmt::format("key \"{}\": ", key);
    }
    return out + message;
}

Error toError(const std::vector<Violation>& violations)
{
    std::string message;
    for (const auto& violation : violations) {
        message += (message.empty() ? "" : "\n") + violation.text();
    }
    return {ErrorCode::invalidArgument, std::move(message), "", ""};
}

}  // namespace muster
