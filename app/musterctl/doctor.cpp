// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/engine.h"
#include "api/machine.h"
#include "api/reference.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

/// An engine started and stopped: what took how long, and what went wrong.
struct Trial {
    EngineStartup startup;
    std::optional<Duration> stop;
    std::optional<Error> failure;
};

[[nodiscard]] Trial tryEngine(const DoctorArguments& arguments)
{
    using SteadyClock = std::chrono::steady_clock;
    EngineOptions options;
    options.database = arguments.database;
    Trial trial;
    auto engine = Engine::start(options, &trial.startup);
    const auto ready = SteadyClock::now();
    if (!engine) {
        trial.failure = engine.error();
        return trial;
    }
    const auto summary = (*engine)->drain(Engine::kDrainBound);
    engine->reset();
    trial.stop = SteadyClock::now() - ready;
    trial.failure = summary.failure;
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

[[nodiscard]] Json toJson(const MachineInfo& machine, const Trial& trial)
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
    const auto& startup = trial.startup;
    json["engine_error"] = trial.failure ? Json(trial.failure->text()) : Json(nullptr);
    json["failed_service"] = nullptr;
    json["ready_ms"] = trial.stop ? Json(milliseconds(startup.ready)) : Json(nullptr);
    json["stop_ms"] = trial.stop ? Json(milliseconds(*trial.stop)) : Json(nullptr);
    json["services"] = Json::array();
    for (const auto& service : startup.services) {
        const bool begun = service.state != ServiceState::waiting;
        json["services"].push_back(
            {{"service", service.service},
             {"group", service.group + 1},
             {"needs", service.needs},
             {"state", toString(service.state)},
             {"begin_ms", begun ? Json(milliseconds(service.began)) : Json()},
             {"start_ms", begun ? Json(milliseconds(service.took)) : Json()}});
        if (service.state == ServiceState::failed) {
            json["failed_service"] = service.service;
        }
    }
    return json;
}

/// In the order of the groups; those of one group begin side by side.
void printServices(Output& output, std::vector<ServiceStart> services)
{
    std::ranges::stable_sort(services, {}, &ServiceStart::group);
    output.line(fmt::format("  {:<5}  {:<10} {:>11} {:>11}  {:<8} {}", "group", "service",
                            "begins at", "takes", "state", "needs"));
    for (const auto& service : services) {
        const bool begun = service.state != ServiceState::waiting;
        const auto time = [&](Duration span) {
            return begun ? fmt::format("{:.3f} ms", milliseconds(span)) : std::string("–");
        };
        output.line(fmt::format(
            "  {:<5}  {:<10} {:>11} {:>11}  {:<8} {}", service.group + 1, service.service,
            time(service.began), time(service.took), toString(service.state),
            service.needs.empty() ? "nothing" : fmt::format("{}", fmt::join(service.needs, ", "))));
    }
}

void print(Output& output, const MachineInfo& machine, const Trial& trial)
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
    if (trial.failure) {
        row("engine", (trial.stop ? "fails: " : "does not start: ") + trial.failure->text());
    } else {
        output.line("engine");
    }
    printServices(output, trial.startup.services);
    if (trial.stop) {
        row("start to ready", fmt::format("{:8.3f} ms", milliseconds(trial.startup.ready)));
        row("stop", fmt::format("{:8.3f} ms", milliseconds(*trial.stop)));
    }
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
    const auto trial = tryEngine(arguments);
    if (lines) {
        output.line(toJson(machine, trial).dump(-1, ' ', false, Json::error_handler_t::replace));
    } else {
        print(output, machine, trial);
    }
    const int printed = finish(output);
    return !trial.failure && machine.dataProblem.empty() ? printed : kExitFailed;
}

}  // namespace muster::ctl
