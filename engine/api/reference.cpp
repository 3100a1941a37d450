// SPDX-License-Identifier: Apache-2.0
#include "api/reference.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/command.h"
#include "api/queues.h"
#include "events/catalogue.h"
#include "telemetry/catalogue.h"

namespace muster {

namespace {

using Json = nlohmann::ordered_json;

[[nodiscard]] std::string commandReference()
{
    std::string text = "# Commands\n\n| command | example | meaning |\n|---|---|---|\n";
    for (const auto& info : allCommands()) {
        text += fmt::format("| `{}` | `{}` | {} |\n", info.name, info.example, info.help);
    }
    return text;
}

[[nodiscard]] std::string queueReference()
{
    std::string text =
        "# Queues\n\n| queue | holds | at most | set by | when it is full | counted by |\n"
        "|---|---|---|---|---|---|\n";
    for (const auto& queue : allQueues()) {
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", queue.name, queue.holds,
                            queue.bound, queue.setBy.empty() ? "fixed" : queue.setBy, queue.full,
                            queue.metric.empty() ? "no metric" : queue.metric);
    }
    return text;
}

[[nodiscard]] Json queuesJson()
{
    auto all = Json::array();
    for (const auto& queue : allQueues()) {
        all.push_back({{"name", queue.name},
                       {"holds", queue.holds},
                       {"bound", queue.bound},
                       {"set_by", queue.setBy},
                       {"full", queue.full},
                       {"metric", queue.metric}});
    }
    return all;
}

[[nodiscard]] Json eventsJson()
{
    auto all = Json::array();
    for (const auto& type : allEventTypes()) {
        Json json{{"type", type.name},
                  {"version", type.version},
                  {"durable", type.durable},
                  {"capture", toString(type.capture)},
                  {"help", type.help}};
        json["fields"] = Json::array();
        for (const auto& field : type.fields) {
            json["fields"].push_back({{"name", field.key},
                                      {"kind", toString(field.kind)},
                                      {"unit", field.unit},
                                      {"help", field.help}});
        }
        all.push_back(std::move(json));
    }
    return all;
}

[[nodiscard]] Json metricsJson()
{
    auto all = Json::array();
    for (const auto& metric : allMetrics()) {
        all.push_back({{"name", metric.name},
                       {"kind", toString(metric.kind)},
                       {"unit", metric.unit},
                       {"direction", toString(metric.direction)},
                       {"labels", metric.labels},
                       {"of", metric.of},
                       {"help", metric.help}});
    }
    return all;
}

[[nodiscard]] Json commandsJson()
{
    auto all = Json::array();
    for (const auto& info : allCommands()) {
        Json json{{"name", info.name},
                  {"title", info.title},
                  {"example", info.example},
                  {"help", info.help}};
        json["parameters"] = Json::array();
        for (const auto& parameter : info.parameters) {
            json["parameters"].push_back({{"name", parameter.name},
                                          {"required", parameter.required},
                                          {"choices", parameter.choices},
                                          {"help", parameter.help}});
        }
        all.push_back(std::move(json));
    }
    return all;
}

}  // namespace

std::string referenceMarkdown()
{
    return eventReference() + "\n" + metricReference() + "\n" + commandReference() + "\n" +
           queueReference();
}

std::string referenceJson()
{
    return Json{{"events", eventsJson()},
                {"metrics", metricsJson()},
                {"commands", commandsJson()},
                {"queues", queuesJson()}}
        .dump();
}

}  // namespace muster
