// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "api/engine.h"
#include "api/machine.h"
#include "api/reference.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

/// An engine started and stopped: what took how long.
struct Trial {
    std::vector<ServiceStart> services;
    Duration ready{};
    Duration stop{};
};

[[nodiscard]] Result<Trial> tryEngine()
{
    using SteadyClock = std::chrono::steady_clock;
    const auto begin = SteadyClock::now();
    auto engine = Engine::start({});
    const auto ready = SteadyClock::now();
    if (!engine) {
        return engine.error();
    }
    Trial trial{.services = (*engine)->startup(), .ready = ready - begin};
    const auto summary = (*engine)->drain(Engine::kDrainBound);
    engine->reset();
    trial.stop = SteadyClock::now() - ready;
    if (summary.failure) {
        return *summary.failure;
    }
    return trial;
}

[[nodiscard]] double milliseconds(Duration duration)
{
    return static_cast<double>(duration.count()) / 1e6;
}

[[nodiscard]] Json orNull(const Known& figure)
{
    return figure.known() ? Json(figure.value) : Json(nullptr);
}

[[nodiscard]] Json toJson(const MachineInfo& machine, const Result<Trial>& trial)
{
    Json json{
        {"build", buildDescription()},
        {"system", machine.system},
        {"cores", machine.cores},
        {"cpu_limit_percent", orNull(machine.cpuLimit)},
        {"memory_limit_bytes", orNull(machine.memoryLimit)},
        {"memory_limit_source", machine.memoryLimitSource},
        {"memory_used_bytes", orNull(machine.memoryUsed)},
        {"open_files_limit", orNull(machine.filesLimit)},
        {"data_directory", machine.dataDirectory.string()},
        {"disk_free_bytes", orNull(machine.diskFree)},
        {"data_problem", machine.dataProblem.empty() ? Json(nullptr) : Json(machine.dataProblem)}};
    json["engine_error"] = trial ? Json(nullptr) : Json(trial.error().text());
    json["ready_ms"] = trial ? Json(milliseconds(trial->ready)) : Json(nullptr);
    json["stop_ms"] = trial ? Json(milliseconds(trial->stop)) : Json(nullptr);
    json["services"] = Json::array();
    if (trial) {
        for (const auto& service : trial->services) {
            json["services"].push_back(
                {{"service", service.service}, {"start_ms", milliseconds(service.took)}});
        }
    }
    return json;
}

void print(Output& output, const MachineInfo& machine, const Result<Trial>& trial)
{
    const auto row = [&output](std::string_view name, const std::string& value) {
        output.line(fmt::format("{:<16}{}", name, value));
    };
    row("build", buildDescription());
    row("system", machine.system);
    row("cores", std::to_string(machine.cores));
    row("memory limit",
        fmt::format("{} ({})", known(machine.memoryLimit, bytes), machine.memoryLimitSource));
    row("memory used", known(machine.memoryUsed, bytes));
    row("sessions in", machine.dataDirectory.string());
    row("disk free", known(machine.diskFree, bytes));
    if (!machine.dataProblem.empty()) {
        row("problem", machine.dataProblem);
    }
    if (!trial) {
        row("engine", "does not start: " + trial.error().text());
        return;
    }
    output.line("engine");
    for (const auto& service : trial->services) {
        row("  " + service.service, fmt::format("{:8.3f} ms", milliseconds(service.took)));
    }
    row("start to ready", fmt::format("{:8.3f} ms", milliseconds(trial->ready)));
    row("stop", fmt::format("{:8.3f} ms", milliseconds(trial->stop)));
}

}  // namespace

int doctor(const DoctorArguments& arguments)
{
    Output output;
    const bool lines = arguments.format == Format::jsonl;
    if (arguments.reference) {
        output.line(lines ? referenceJson() : referenceMarkdown());
        return finish(output);
    }
    const auto machine = machineInfo();
    const auto trial = tryEngine();
    if (lines) {
        output.line(toJson(machine, trial).dump(-1, ' ', false, Json::error_handler_t::replace));
    } else {
        print(output, machine, trial);
    }
    const int printed = finish(output);
    return trial && machine.dataProblem.empty() ? printed : kExitFailed;
}

}  // namespace muster::ctl
