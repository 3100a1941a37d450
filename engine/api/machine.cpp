// SPDX-License-Identifier: Apache-2.0
#include "api/machine.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "api/session.h"
#include "telemetry/resource_probe.h"

namespace muster {

namespace {

[[nodiscard]] Known toKnown(const Reading& reading)
{
    return {reading.value, reading.missing};
}

[[nodiscard]] std::string systemName()
{
    utsname name{};
    return uname(&name) == 0 ? fmt::format("{} {} {}", name.sysname, name.release, name.machine)
                             : std::string("unknown system");
}

[[nodiscard]] std::uint32_t usableCores()
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    return sched_getaffinity(0, sizeof cores, &cores) == 0
               ? static_cast<std::uint32_t>(CPU_COUNT(&cores))
               : 1;
}

[[nodiscard]] std::string reason()
{
    return std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
}

[[nodiscard]] Known diskFree(const std::filesystem::path& directory)
{
    struct statvfs disk {};
    if (statvfs(directory.c_str(), &disk) != 0) {
        return {0, reason()};
    }
    return {static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize), {}};
}

constexpr const char* kNextStep =
    "Give yourself the right to, set XDG_DATA_HOME to another folder, or name each session (--db)";

[[nodiscard]] std::string dataProblem(const std::filesystem::path& directory)
{
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) {
        return fmt::format("{} cannot be made: {}. {}", directory.string(), failed.message(),
                           kNextStep);
    }
    if (access(directory.c_str(), W_OK | X_OK) != 0) {
        return fmt::format("{} cannot be written to: {}. {}", directory.string(), reason(),
                           kNextStep);
    }
    return {};
}

}  // namespace

MachineInfo machineInfo()
{
    MachineInfo info;
    info.system = systemName();
    info.cores = usableCores();
    info.dataDirectory = sessionsDirectory();
    info.dataProblem = dataProblem(info.dataDirectory);
    info.diskFree = diskFree(info.dataDirectory);
    const auto probe = makeResourceProbe(systemClock(), {});
    for (const auto& reading : probe->read()) {
        if (reading.resource == Resource::memory) {
            info.memoryLimit = toKnown(reading.limit);
            info.memoryLimitSource = reading.limitSource;
            info.memoryUsed = toKnown(reading.used);
        } else if (reading.resource == Resource::cpu) {
            info.cpuLimit = toKnown(reading.limit);
            info.cpuLimitSource = reading.limitSource;
        } else if (reading.resource == Resource::files) {
            info.filesLimit = toKnown(reading.limit);
        }
    }
    return info;
}

std::string machineDescription()
{
    constexpr double kGibi = 1024.0 * 1024 * 1024;
    const auto memory =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    return fmt::format("{} cores, {:.1f} GiB, {}", usableCores(), memory / kGibi, systemName());
}

}  // namespace muster
