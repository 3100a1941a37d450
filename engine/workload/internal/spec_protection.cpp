// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "workload/internal/spec_reader.h"

namespace muster {

namespace {

/// As it stands in metrics and in the keys of settings, which have dots between them.
bool isServiceName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

}  // namespace

void SpecReader::readServices()
{
    const Value* services = m_document.find("services");
    if (services == nullptr) {
        return;
    }
    for (const auto& entry : services->asTable()) {
        const std::string key = "services." + entry.key;
        if (!isServiceName(entry.key)) {
            fail(entry.value, key, "expected a name of letters, digits, \"_\" and \"-\"");
        }
        auto settings = readService(entry.value);
        if (!settings.ok()) {
            const Error& error = settings.error();
            fail(entry.value, key + (error.where.empty() ? "" : "." + error.where),
                 fmt::format("{}; {}", error.message, error.advice));
        }
        m_serviceNames.push_back(entry.key);
        m_spec.services.push_back(
            {entry.key, settings.ok() ? *settings : ServiceSettings{}, entry.value});
    }
}

void SpecReader::readProtection()
{
    std::size_t index = 0;
    for (const auto& entry : m_document.find("actions")->asTable()) {
        ActionSpec& action = m_spec.actions[index++];
        const std::string key = "actions." + entry.key;
        if (const Value* service = entry.value.find("service")) {
            action.service = placeOf(*service, key + ".service", m_serviceNames);
        }
        if (const Value* fallback = entry.value.find("fallback")) {
            action.fallback = placeOf(*fallback, key + ".fallback", m_actionNames);
            checkFallback(*fallback, key + ".fallback", action);
        }
    }
}

void SpecReader::checkFallback(const Value& value, const std::string& key, const ActionSpec& action)
{
    if (!action.fallback) {
        return;
    }
    const Value& other = *m_document.find("actions")->find(value.asText());
    const ActionSpec& fallback = m_spec.actions[*action.fallback];
    if (other.find("fallback") != nullptr || other.find("service") != nullptr) {
        fail(value, key,
             fmt::format("\"{}\" has a service or a fallback itself, expected an action without",
                         fallback.name));
    } else if (fallback.info->columns != action.info->columns) {
        fail(value, key,
             fmt::format("{} gives other results than {}, expected an action that gives the same",
                         fallback.info->kind, action.info->kind));
    }
}

}  // namespace muster
