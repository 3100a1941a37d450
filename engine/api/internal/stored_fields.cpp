// SPDX-License-Identifier: Apache-2.0
#include "api/internal/stored_fields.h"

#include "documents/json.h"

namespace muster {

Fields fieldsOf(const std::string& json)
{
    Fields fields;
    const auto parsed = parseJson(json, "event");
    if (!parsed || !parsed->isTable()) {
        return fields;
    }
    for (const Value::Member& member : parsed->asTable()) {
        switch (member.value.kind()) {
            case ValueKind::boolean:
                fields.add(member.key, member.value.asBool());
                break;
            case ValueKind::integer:
                fields.add(member.key, member.value.asInteger());
                break;
            case ValueKind::number:
                fields.add(member.key, member.value.asNumber());
                break;
            case ValueKind::text:
                fields.add(member.key, std::string_view(member.value.asText()));
                break;
            default:
                break;
        }
    }
    return fields;
}

}  // namespace muster
