// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "api/engine.h"

namespace muster {

namespace {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json wholeOrNull(const Known& figure)
{
    return figure.known() ? Json(std::llround(figure.value)) : Json(nullptr);
}

[[nodiscard]] Json percentiles(const LatencySummary& latency)
{
    return {{"p50", wholeOrNull(latency.p50)},   {"p90", wholeOrNull(latency.p90)},
            {"p95", wholeOrNull(latency.p95)},   {"p99", wholeOrNull(latency.p99)},
            {"p999", wholeOrNull(latency.p999)}, {"max", wholeOrNull(latency.max)}};
}

[[nodiscard]] Json loadTotals(const LoadTotals& load)
{
    return {
        {"model", toString(load.model)},    {"offered", load.offered},
        {"achieved", load.achieved},        {"dropped", load.dropped},
        {"dropped_late", load.droppedLate}, {"omission_corrected", load.model == LoadModel::open}};
}

[[nodiscard]] std::int64_t wholeMilliseconds(Duration duration)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

[[nodiscard]] Json expectation(const ExpectationStatus& status)
{
    Json json{{"key", status.key}, {"condition", status.condition}};
    json["value"] = status.value.known() ? Json(status.value.value) : Json(nullptr);
    if (!status.value.known()) {
        json["value_missing"] = status.value.missing;
    }
    json["unit"] = status.unit;
    json["met"] = status.met ? Json(*status.met) : Json(nullptr);
    return json;
}

[[nodiscard]] Json service(const ServiceStatus& status)
{
    Json json{{"service", status.name},
              {"succeeded", status.succeeded},
              {"failed", status.failed},
              {"rejected", status.rejected}};
    for (const auto& stage : status.stages) {
        json["stages"][stage.stage] = Json{{"passed", stage.passed},
                                           {"rejected", stage.rejected},
                                           {"time_ns", stage.time.count()}};
    }
    if (status.breaker) {
        json["breaker"] =
            Json{{"state", status.breaker->state}, {"opened", status.breaker->opened}};
    }
    if (status.budget) {
        json["retries"] =
            Json{{"granted", status.budget->granted}, {"refused", status.budget->refused}};
    }
    return json;
}

[[nodiscard]] Json pressureJson(const PressureTotals& pressure)
{
    Json json{{"highest", toString(pressure.highest)},
              {"cause", pressure.highestCause},
              {"changes", pressure.changes},
              {"recoveries", pressure.recoveries},
              {"cleanups", pressure.cleanups.runs},
              {"cleanups_failed", pressure.cleanups.failed},
              {"freed", Json::object()},
              {"agents_refused", pressure.agentsRefused},
              {"events_thinned", pressure.eventsThinned},
              {"load_shed", pressure.loadShed}};
    for (const auto& [resource, freed] : pressure.cleanups.freed) {
        const bool inBytes = resource == "memory" || resource == "disk";
        json["freed"][resource + (inBytes ? "_bytes" : "")] = freed;
    }
    return json;
}

}  // namespace

int RunSummary::exitCode() const noexcept
{
    const bool unmet = std::ranges::any_of(
        expectations, [](const ExpectationStatus& status) { return !status.met.value_or(false); });
    return failure || unmet ? 1 : 0;
}

std::string RunSummary::json() const
{
    Json json{{"agents", agents},
              {"actions", actions},
              {"ok", ok},
              {"failed", failed},
              {"events", events},
              {"stored", stored},
              {"counted_only", countedOnly},
              {"dropped", dropped},
              {"p50_ns", wholeOrNull(latency.p50)},
              {"p99_ns", wholeOrNull(latency.p99)},
              {"latency_ns", percentiles(latency)},
              {"service_time_ns", percentiles(serviceTime)},
              {"load", load ? loadTotals(*load) : Json(nullptr)},
              {"wall_ms", wholeMilliseconds(wall)},
              {"build", build}};
    if (simulated) {
        json["simulated_ms"] = wholeMilliseconds(*simulated);
    }
    json["pressure"] = pressureJson(pressure);
    json["services"] = Json::array();
    for (const auto& status : services) {
        json["services"].push_back(service(status));
    }
    json["expectations"] = Json::array();
    for (const auto& status : expectations) {
        json["expectations"].push_back(expectation(status));
    }
    json["not_stopped"] = notStopped;
    json["failure"] = failure ? Json(failure->text()) : Json(nullptr);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace muster
