// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/upcasters.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace muster {

namespace {

using Json = nlohmann::ordered_json;

/// Takes data of a type from one version to the next.
struct Step {
    std::string_view type;
    std::uint16_t from;
    bool (*apply)(Json& data);  ///< false: nothing of it is another
};

/// Version 1 told of many agents by the first of a range and how many they are; version 2 says
/// which, in runs of slots.
bool nameTheAgents(Json& data)
{
    const auto first = data.find("first");
    if (first == data.end() || !first->is_string() || data.contains("ids")) {
        return false;
    }
    std::string ids = first->get<std::string>();
    const auto count = data.find("count");
    if (count != data.end() && count->is_number_integer() && count->get<std::int64_t>() > 1) {
        ids += '*' + std::to_string(count->get<std::int64_t>());
    }
    Json after = Json::object();
    for (auto& [key, value] : data.items()) {
        if (key == "first") {
            after["ids"] = ids;
        } else {
            after[key] = value;
        }
    }
    data = std::move(after);
    return true;
}

constexpr std::array kSteps{
    Step{"agent.created", 1, nameTheAgents},      Step{"agent.ready", 1, nameTheAgents},
    Step{"agent.ended", 1, nameTheAgents},        Step{"agent.suspended", 1, nameTheAgents},
    Step{"agent.resumed", 1, nameTheAgents},      Step{"agent.registered", 1, nameTheAgents},
    Step{"agent.unregistered", 1, nameTheAgents}, Step{"agent.updated", 1, nameTheAgents},
};

}  // namespace

std::uint16_t upcastsTo(std::string_view type) noexcept
{
    std::uint16_t to = 0;
    for (const Step& step : kSteps) {
        to = step.type == type ? std::max(to, static_cast<std::uint16_t>(step.from + 1)) : to;
    }
    return to;
}

std::uint16_t upcast(std::string_view type, std::uint16_t version, std::string& data)
{
    Json json = Json::parse(data, nullptr, false);
    bool changed = false;
    for (const Step& step : kSteps) {
        if (step.type == type && step.from == version) {
            changed = (json.is_object() && step.apply(json)) || changed;
            ++version;
        }
    }
    if (changed) {
        data = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return version;
}

}  // namespace muster
