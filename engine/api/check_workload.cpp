// SPDX-License-Identifier: Apache-2.0
#include "agents/action.h"
#include "api/engine.h"
#include "api/internal/engine_start.h"
#include "workload/workload.h"

namespace muster {

Result<WorkloadInfo> checkWorkload(const std::filesystem::path& file,
                                   const std::vector<std::string>& overrides)
{
    const auto actions = builtInActions();
    const auto spec = readWorkload(file, overrides, actions);
    if (!spec) {
        return spec.error();
    }
    if (const auto capture = captureOf(*spec); !capture) {
        return capture.error();
    }
    return WorkloadInfo{.name = spec->name,
                        .description = spec->description,
                        .agents = spec->totalAgents(),
                        .startsProcesses = spec->startsProcesses(),
                        .reachesNetwork = spec->reachesNetwork()};
}

}  // namespace muster
