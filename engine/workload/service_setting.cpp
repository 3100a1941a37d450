// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "documents/nearest.h"
#include "documents/override.h"
#include "workload/service_spec.h"

namespace muster {

namespace {

/// The keys below a table that hold one value each, in dotted form.
void collectKeys(const Schema& schema, const std::string& prefix, std::vector<std::string>& keys)
{
    const auto add = [&](const std::vector<SchemaField>& fields) {
        for (const SchemaField& field : fields) {
            collectKeys(field.schema, prefix.empty() ? field.key : prefix + "." + field.key, keys);
        }
    };
    if (schema.type != SchemaType::table) {
        if (schema.type != SchemaType::list) {
            keys.push_back(prefix);
        }
        return;
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
        default:
            return {};
    }
}

void collectTexts(const Schema& schema, const Value& node, const std::string& prefix,
                  std::vector<SettingText>& texts)
{
    for (const SchemaField* field : fieldsInForce(schema, node)) {
        const std::string key = prefix.empty() ? field->key : prefix + "." + field->key;
        const Value* value = node.find(field->key);
        if (field->schema.type == SchemaType::table) {
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
    if (found.field == nullptr || found.field->schema.type == SchemaType::table ||
        found.field->schema.type == SchemaType::list) {
        return unknownKey(service, key);
    }
    return found.value != nullptr  ? textOf(*found.value)
           : found.field->standard ? textOf(*found.field->standard)
                                   : std::string();
}

Result<ServiceSpec> withSetting(const ServiceSpec& service, std::string_view key,
                                std::string_view value)
{
    if (auto known = settingText(service, key); !known.ok()) {
        return known.error();
    }
    const std::string where = fmt::format("services.{}.{}", service.name, key);
    const Schema schema = serviceSchema();
    ServiceSpec changed = service;
    if (auto applied = applyOverride(changed.document, schema, fmt::format("{}={}", key, value));
        !applied.ok()) {
        Error error = applied.error();
        error.where = where;
        return error;
    }
    if (const auto violations = check(schema, changed.document); !violations.empty()) {
        return Error{ErrorCode::invalidArgument, violations.front().message, where, ""};
    }
    auto settings = readService(changed.document);
    if (!settings.ok()) {
        return settings.error();
    }
    changed.settings = std::move(settings).value();
    return changed;
}

}  // namespace muster
