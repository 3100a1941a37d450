// SPDX-License-Identifier: Apache-2.0
#include "documents/json_schema.h"

#include <utility>

#include "documents/json.h"

namespace muster {

namespace {

constexpr const char* kDurationPattern = "^[0-9.]+(e[0-9]+)? ?(ns|us|ms|s|min|h|d)$";
constexpr const char* kRatePattern = "^[0-9.]+(e[0-9]+)? ?[kM]?/(s|min|h)$";
constexpr const char* kSizePattern = "^[0-9.]+(e[0-9]+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$";
constexpr const char* kSharePattern = "^[0-9.]+ ?%?$";

Value describeSchema(const Schema& schema);

Value texts(const std::vector<std::string>& words)
{
    Value::Array array;
    for (const auto& word : words) {
        array.emplace_back(word);
    }
    return Value(std::move(array));
}

Value patterned(const char* pattern)
{
    Value out;
    out.set("type", "string");
    out.set("pattern", pattern);
    return out;
}

void setBound(Value& out, const char* key, const std::optional<double>& bound)
{
    if (bound) {
        const auto whole = static_cast<std::int64_t>(*bound);
        out.set(key, static_cast<double>(whole) == *bound ? Value(whole) : Value(*bound));
    }
}

/// Text with a unit, or a bare number of base units.
Value textOrNumber(const char* pattern, const char* numberType, std::optional<double> most)
{
    Value number;
    number.set("type", numberType);
    number.set("minimum", 0);
    setBound(number, "maximum", most);
    Value out;
    out.set("anyOf", Value(Value::Array{patterned(pattern), std::move(number)}));
    return out;
}

Value propertiesOf(const std::vector<SchemaField>& fields)
{
    Value properties{Value::Table{}};
    for (const auto& field : fields) {
        Value property = describeSchema(field.schema);
        if (field.standard) {
            property.set("default", *field.standard);
        }
        properties.set(field.key, std::move(property));
    }
    return properties;
}

void setRequired(Value& out, const std::vector<SchemaField>& fields)
{
    std::vector<std::string> keys;
    for (const auto& field : fields) {
        if (field.required) {
            keys.push_back(field.key);
        }
    }
    if (!keys.empty()) {
        out.set("required", texts(keys));
    }
}

/// "When `decidedBy` is `choice`, these keys are known too."
Value describeVariant(const Schema& schema, const Schema::Variant& variant)
{
    Value constant;
    constant.set("const", variant.choice);
    Value decided;
    decided.set(schema.decidedBy, std::move(constant));
    Value condition;
    condition.set("properties", std::move(decided));
    for (const auto& field : schema.fields) {
        // Without the key its default decides, so its absence matches that variant too.
        if (field.key == schema.decidedBy &&
            (!field.standard || *field.standard != Value(variant.choice))) {
            condition.set("required", texts({schema.decidedBy}));
        }
    }
    Value then;
    then.set("properties", propertiesOf(variant.fields));
    setRequired(then, variant.fields);
    Value out;
    out.set("if", std::move(condition));
    out.set("then", std::move(then));
    return out;
}

Value describeTable(const Schema& schema)
{
    Value out;
    out.set("type", "object");
    out.set("properties", propertiesOf(schema.fields));
    setRequired(out, schema.fields);
    if (schema.variants.empty()) {
        out.set("additionalProperties", false);
        return out;
    }
    Value::Array all;
    for (const auto& variant : schema.variants) {
        all.push_back(describeVariant(schema, variant));
    }
    out.set("allOf", Value(std::move(all)));
    out.set("unevaluatedProperties", false);
    return out;
}

Value describeList(const Schema& schema)
{
    Value out;
    out.set("type", "array");
    out.set("items", describeSchema(schema.items.front()));
    setBound(out, "minItems", schema.least);
    setBound(out, "maxItems", schema.most);
    return out;
}

Value describeType(const Schema& schema)
{
    Value out;
    switch (schema.type) {
        case SchemaType::boolean:
            out.set("type", "boolean");
            return out;
        case SchemaType::integer:
        case SchemaType::number:
            out.set("type", schema.type == SchemaType::integer ? "integer" : "number");
            setBound(out, "minimum", schema.least);
            setBound(out, "maximum", schema.most);
            return out;
        case SchemaType::text:
            out.set("type", "string");
            if (!schema.pattern.empty()) {
                out.set("pattern", schema.pattern);
            }
            return out;
        case SchemaType::duration:
            return patterned(kDurationPattern);
        case SchemaType::rate:
            return patterned(kRatePattern);
        case SchemaType::size:
            return textOrNumber(kSizePattern, "integer", std::nullopt);
        case SchemaType::share:
            return textOrNumber(kSharePattern, "number", 1.0);
        case SchemaType::choice:
            out.set("enum", texts(schema.choices));
            return out;
        case SchemaType::list:
            return describeList(schema);
        case SchemaType::table:
            return describeTable(schema);
        case SchemaType::map:
            out.set("type", "object");
            out.set("additionalProperties", describeSchema(schema.items.front()));
            return out;
    }
    return out;
}

Value describeSchema(const Schema& schema)
{
    Value out;
    if (!schema.help.empty()) {
        out.set("description", schema.help);
    }
    const Value type = describeType(schema);
    for (const auto& member : type.asTable()) {
        out.set(member.key, member.value);
    }
    return out;
}

}  // namespace

std::string toJsonSchema(const Schema& schema, const std::string& title, const std::string& id)
{
    Value out;
    out.set("$schema", "https://json-schema.org/draft/2020-12/schema");
    out.set("$id", id);
    out.set("title", title);
    const Value described = describeSchema(schema);
    for (const auto& member : described.asTable()) {
        out.set(member.key, member.value);
    }
    return toJson(out, 2) + "\n";
}

}  // namespace muster
