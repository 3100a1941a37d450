// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "api/snapshot.h"

namespace muster {

/// What an engine finds here. Figures that could not be read say why.
struct MachineInfo {
    std::string system;             ///< "Linux 6.1.0 x86_64"
    std::uint32_t cores = 0;        ///< that this process may use
    Known memoryLimit;              ///< bytes
    std::string memoryLimitSource;  ///< "cgroup v2", "machine"
    Known memoryUsed;               ///< bytes, of this process
    Known cpuLimit;                 ///< "%", one core is 100
    std::string cpuLimitSource;
    Known filesLimit;
    std::filesystem::path dataDirectory;  ///< where sessions are kept
    Known diskFree;                       ///< bytes, where they are kept
    std::string dataProblem;              ///< why sessions cannot be written there; empty: they can
};

/// Looks at the machine; touches nothing but the data directory, which it makes when missing.
[[nodiscard]] MachineInfo machineInfo();

/// "2 cores, 23.5 GiB, Linux 6.1.0 x86_64": what is recorded with each run. Names no host.
[[nodiscard]] std::string machineDescription();

}  // namespace muster
