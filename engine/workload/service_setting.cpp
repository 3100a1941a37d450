// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "documents/nearest.h"
#include "documents/override.h"
#include "workload/service_spec.h"

namespace muster {

namespace {

constexpr std::string_view kOff = "off";
constexpr std::string_view kOn = "on";
constexpr std::string_view kDefault = "default";

/// The keys below a table, in dotted form.
void collectKeys(const Schema& schema, const std::string& prefix, std::vector<std::string>& keys)
{
    const auto add = [&](const std::vector<SchemaField>& fields) {
        for (const SchemaField& field : fields) {
            collectKeys(field.schema, prefix.empty() ? field.key : prefix + "." + field.key, keys);
        }
    };
    if (!prefix.empty()) {
        keys.push_back(prefix);
    }
    add(schema.fields);
    for (const auto& variant : schema.variants) {
        add(variant.fields);
    }
}

Error unknownKey(const ServiceSpec& service, std::string_view key)
{
    std::vector<std::string> keys;
    collectKeys(serviceSchema(), "", keys);
    return {ErrorCode::notFound,
            fmt::format("a service has no setting \"{}\"{}", key, didYouMean(key, keys)),
            fmt::format("services.{}", service.name), ""};
}

struct Found {
    const SchemaField* field = nullptr;
    const Value* value = nullptr;
};

Found findSetting(const Schema& schema, const Value* node, std::string_view key)
{
    const auto dot = key.find('.');
    const std::string_view head = key.substr(0, dot);
    const Value empty(Value::Table{});
    for (const SchemaField* field : fieldsInForce(schema, node != nullptr ? *node : empty)) {
        if (field->key != head) {
            continue;
        }
        const Value* value = node != nullptr ? node->find(head) : nullptr;
        return dot == std::string_view::npos
                   ? Found{field, value}
                   : findSetting(field->schema, value, key.substr(dot + 1));
    }
    return {};
}

std::string textOf(const Value& value)
{
    switch (value.kind()) {
        case ValueKind::text:
            return value.asText();
        case ValueKind::integer:
            return std::to_string(value.asInteger());
        case ValueKind::number:
            return fmt::format("{}", value.asNumber());
        case ValueKind::boolean:
            return value.asBool() ? "true" : "false";
        case ValueKind::array: {
            std::string list;
            for (const Value& item : value.asArray()) {
                list += (list.empty() ? "" : ",") + textOf(item);
            }
            return list;
        }
        default:
            return {};
    }
}

/// "rate=500/s burst=100", as readTable() reads it back.
void appendTable(const Value& table, const std::string& prefix, std::string& text)
{
    for (const auto& [key, value, at] : table.asTable()) {
        if (value.isTable()) {
            appendTable(value, prefix + key + ".", text);
        } else {
            text += fmt::format("{}{}{}={}", text.empty() ? "" : " ", prefix, key, textOf(value));
        }
    }
}

std::string tableText(const Value* table)
{
    if (table == nullptr) {
        return std::string(kOff);
    }
    std::string text;
    appendTable(*table, "", text);
    return text.empty() ? std::string(kOn) : text;
}

Result<Value> readTable(const Schema& schema, std::string_view text)
{
    Value table(Value::Table{});
    if (text == kOn) {
        return table;
    }
    for (auto rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (end > 0) {
            if (auto done = applyOverride(table, schema, rest.substr(0, end)); !done.ok()) {
                return Error{ErrorCode::invalidArgument,
                             done.error().message,
                             {},
                             "Write off, on, or its settings: \"rate=500/s burst=100\"."};
            }
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return table;
}

/// Takes a key out of its table, so that its default holds.
void forget(Value& node, std::string_view key)
{
    const auto dot = key.find('.');
    if (dot != std::string_view::npos) {
        if (Value* below = node.find(key.substr(0, dot))) {
            forget(*below, key.substr(dot + 1));
        }
    } else if (node.isTable()) {
        std::erase_if(node.asTable(), [key](const auto& member) { return member.key == key; });
    }
}

void collectTexts(const Schema& schema, const Value& node, const std::string& prefix,
                  std::vector<SettingText>& texts)
{
    for (const SchemaField* field : fieldsInForce(schema, node)) {
        const std::string key = prefix.empty() ? field->key : prefix + "." + field->key;
        const Value* value = node.find(field->key);
        if (field->schema.type == SchemaType::table) {
            if (prefix.empty()) {
                texts.push_back(
                    {key, std::string(value != nullptr ? kOn : kOff), field->schema.help});
            }
            if (value != nullptr) {
                collectTexts(field->schema, *value, key, texts);
            }
        } else if (field->schema.type != SchemaType::list) {
            texts.push_back({key,
                             value != nullptr  ? textOf(*value)
                             : field->standard ? textOf(*field->standard)
                                               : std::string(),
                             field->schema.help});
        }
    }
}

/// The document with one of its keys set.
Result<Value> changedDocument(const ServiceSpec& service, const Schema& schema,
                              const SchemaField& field, std::string_view key,
                              std::string_view value)
{
    Value changed = service.document;
    const std::string stage(key.substr(0, key.find('.')));
    if (stage != key && changed.find(stage) == nullptr) {
        return Error{
            ErrorCode::conflict,
            fmt::format("the service has no {}", stage),
            {},
            fmt::format("limits.set services.{}.{} on gives it one.", service.name, stage)};
    }
    const bool table = field.schema.type == SchemaType::table;
    if (value == kDefault || (table && value == kOff)) {
        forget(changed, key);
        return changed;
    }
    if (!table) {
        auto applied = applyOverride(changed, schema, fmt::format("{}={}", key, value));
        return applied.ok() ? Result<Value>(std::move(changed)) : applied.error();
    }
    auto read = readTable(field.schema, value);
    if (!read.ok()) {
        return read.error();
    }
    Value* node = &changed;
    for (auto rest = key; !rest.empty();) {
        const auto end = std::min(rest.find('.'), rest.size());
        const std::string part(rest.substr(0, end));
        Value* below = node->find(part);
        node = below != nullptr ? below : &node->set(part, Value(Value::Table{}));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    *node = std::move(read).value();
    return changed;
}

}  // namespace

std::vector<SettingText> settingTexts(const ServiceSpec& service)
{
    std::vector<SettingText> texts;
    collectTexts(serviceSchema(), service.document, "", texts);
    return texts;
}

Result<std::string> settingText(const ServiceSpec& service, std::string_view key)
{
    const Schema schema = serviceSchema();
    const Found found = findSetting(schema, &service.document, key);
    if (found.field == nullptr) {
        return unknownKey(service, key);
    }
    if (found.field->schema.type == SchemaType::table) {
        return tableText(found.value);
    }
    return found.value != nullptr  ? textOf(*found.value)
           : found.field->standard ? textOf(*found.field->standard)
                                   : std::string(kDefault);
}

Result<ServiceSpec> withSetting(const ServiceSpec& service, std::string_view key,
                                std::string_view value)
{
    const Schema schema = serviceSchema();
    const Found found = findSetting(schema, &service.document, key);
    if (found.field == nullptr) {
        return unknownKey(service, key);
    }
    const std::string where = fmt::format("services.{}.{}", service.name, key);
    auto document = changedDocument(service, schema, *found.field, key, value);
    if (!document.ok()) {
        Error error = document.error();
        error.where = where;
        return error;
    }
    ServiceSpec changed = service;
    changed.document = std::move(document).value();
    if (const auto violations = check(schema, changed.document); !violations.empty()) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("{}: {}", violations.front().key, violations.front().message),
                     where, ""};
    }
    auto settings = readService(changed.document);
    if (!settings.ok()) {
        return settings.error();
    }
    changed.settings = std::move(settings).value();
    return changed;
}

}  // namespace muster
