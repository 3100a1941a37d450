// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "workload/internal/spec_reader.h"
#include "workload/resource_setting.h"

namespace muster {

ResourcesSpec defaultResources() noexcept
{
    ResourcesSpec spec;
    for (std::size_t i = 0; i < kWatched; ++i) {
        spec[i] = defaultSettings(static_cast<Watched>(i));
    }
    return spec;
}

void SpecReader::readResources()
{
    const Value* table = m_document.find("resources");
    if (table == nullptr) {
        return;
    }
    for (const Value::Member& entry : table->asTable()) {
        const auto resource = watchedNamed(entry.key);
        if (!resource) {
            continue;  // the schema has said so
        }
        ResourceSettings& spec = m_spec.resources[static_cast<std::size_t>(*resource)];
        for (const Value::Member& setting : entry.value.asTable()) {
            const Value& value = setting.value;
            const std::string text = value.kind() == ValueKind::boolean
                                         ? (value.asBool() ? "true" : "false")
                                         : value.asText();
            const auto changed = withResourceSetting(*resource, spec, setting.key, text);
            if (changed.ok()) {
                spec = *changed;
            } else {
                fail(value, fmt::format("resources.{}.{}", entry.key, setting.key),
                     changed.error().message);
            }
        }
    }
}

}  // namespace muster
