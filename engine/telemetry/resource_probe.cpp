// SPDX-License-Identifier: Apache-2.0
#include "telemetry/resource_probe.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "telemetry/internal/cgroup.h"
#include "telemetry/internal/proc_files.h"
#include "telemetry/windows.h"

namespace muster {
namespace {

constexpr Duration kCpuWindow = std::chrono::seconds(1);

/// Of several limits, each with what is used of it, the one that is nearest.
class Limit {
public:
    void offer(std::optional<double> used, std::optional<double> limit, std::string_view source)
    {
        if (!limit || *limit <= 0) {
            return;
        }
        const double share = used.value_or(0) / *limit;
        if (!m_limit || share > m_share || (share == m_share && *limit < *m_limit)) {
            m_used = used;
            m_limit = limit;
            m_share = share;
            m_source = source;
        }
    }
    void putInto(ResourceReading& reading, std::string_view whyNot) const
    {
        reading.used = m_used && m_limit ? Reading::of(*m_used) : reading.own;
        reading.limit = m_limit ? Reading::of(*m_limit) : Reading::unknown(std::string(whyNot));
        reading.limitSource = m_source;
        if (!reading.used.known()) {
            reading.share = reading.used;
        } else {
            reading.share = m_limit ? Reading::of(m_share) : reading.limit;
        }
    }

private:
    std::optional<double> m_used;
    std::optional<double> m_limit;
    double m_share = 0;
    std::string m_source;
};

std::optional<double> valueOf(const Reading& reading)
{
    return reading.known() ? std::optional(reading.value) : std::nullopt;
}

std::optional<double> asReal(std::optional<std::uint64_t> value)
{
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

Reading readingOf(std::optional<std::uint64_t> value, const char* whyNot)
{
    return value ? Reading::of(static_cast<double>(*value)) : Reading::unknown(whyNot);
}

class SystemResources final : public ResourceProbe {
public:
    SystemResources(std::shared_ptr<Clock> clock, ResourceProbeOptions options)
        : m_clock(std::move(clock)), m_options(std::move(options)), m_self(m_options.proc / "self")
    {
    }

    std::vector<ResourceReading> read() override
    {
        m_groups.emplace(m_options.proc, m_options.cgroup);
        m_status = readSmallFile(m_self / "status").value_or("");
        m_limits = readSmallFile(m_self / "limits").value_or("");
        return {readCpu(), readMemory(), readDisk(), readFiles(), readThreads()};
    }

private:
    [[nodiscard]] ResourceReading readCpu();
    [[nodiscard]] ResourceReading readMemory() const;
    [[nodiscard]] ResourceReading readDisk() const;
    [[nodiscard]] ResourceReading readFiles() const;
    [[nodiscard]] ResourceReading readThreads() const;
    /// The soft limit of that name in proc/self/limits; nothing when unlimited.
    [[nodiscard]] std::optional<double> softLimit(std::string_view name) const;

    std::shared_ptr<Clock> m_clock;
    ResourceProbeOptions m_options;
    std::filesystem::path m_self;
    RateWindow m_cpu{kCpuWindow};

    // As of the read() under way.
    std::optional<ControlGroups> m_groups;
    std::string m_status;
    std::string m_limits;
};

std::optional<double> SystemResources::softLimit(std::string_view name) const
{
    const auto line = lineValue(m_limits, name);
    const auto words = splitWords(line.value_or(std::string_view()));
    return words.empty() ? std::nullopt : asReal(parseCount(words.front()));
}

ResourceReading SystemResources::readCpu()
{
    ResourceReading reading = emptyReading(Resource::cpu);
    const auto stat = readSmallFile(m_self / "stat").value_or("");
    // The process's name stands in parentheses and may hold anything: fields count from its end.
    const auto nameEnd = stat.rfind(')');
    const auto words = nameEnd == std::string::npos
                           ? std::vector<std::string_view>()
                           : splitWords(std::string_view(stat).substr(nameEnd + 1));
    const auto user = words.size() > 12 ? parseCount(words[11]) : std::nullopt;
    const auto system = words.size() > 12 ? parseCount(words[12]) : std::nullopt;
    if (user && system) {
        m_cpu.add(m_clock->now(), *user + *system);
        reading.own = m_cpu.perSecond();
        reading.own.value /= static_cast<double>(::sysconf(_SC_CLK_TCK));
    } else {
        reading.own = Reading::unknown("/proc/self/stat cannot be read");
    }
    Limit limit;
    const auto cores = lineValue(m_status, "Cpus_allowed_list:");
    limit.offer(valueOf(reading.own), asReal(cores ? countList(*cores) : std::nullopt), "machine");
    limit.offer(valueOf(reading.own), m_groups->cpuLimit(), m_groups->name());
    limit.putInto(reading, "the number of cores is not known");
    return reading;
}

ResourceReading SystemResources::readMemory() const
{
    ResourceReading reading = emptyReading(Resource::memory);
    reading.own = readingOf(residentMemory(m_options.proc), "/proc/self/statm cannot be read");
    Limit limit;
    const auto own = valueOf(reading.own);
    const auto machine = readSmallFile(m_options.proc / "meminfo").value_or("");
    const auto kibibytes = [&machine](std::string_view key) -> std::optional<double> {
        const auto found = splitWords(lineValue(machine, key).value_or(std::string_view()));
        const auto count = found.empty() ? std::nullopt : asReal(parseCount(found.front()));
        return count ? std::optional(*count * 1024) : std::nullopt;
    };
    const auto total = kibibytes("MemTotal:");
    const auto available = kibibytes("MemAvailable:");
    limit.offer(total && available ? std::optional(*total - *available) : own, total, "machine");
    if (const auto group = m_groups->memoryUse()) {
        limit.offer(group->used, group->limit, m_groups->name());
    }
    limit.offer(own, asReal(m_groups->memoryLimit()), m_groups->name());
    limit.offer(own, asReal(m_options.memoryLimit), m_options.memoryLimitSource);
    limit.putInto(reading, "the machine's memory is not known");
    return reading;
}

ResourceReading SystemResources::readDisk() const
{
    ResourceReading reading = emptyReading(Resource::disk);
    std::error_code failed;
    auto path = std::filesystem::absolute(m_options.diskPath, failed);
    while (!std::filesystem::exists(path, failed) && path.has_relative_path()) {
        path = path.parent_path();
    }
    struct statvfs disk {};
    if (::statvfs(path.c_str(), &disk) != 0) {
        const std::string why = path.string() + ": " + std::strerror(errno);
        reading.own = reading.used = reading.limit = reading.share = Reading::unknown(why);
        return reading;
    }
    const auto size = static_cast<double>(disk.f_frsize);
    const auto total = static_cast<double>(disk.f_blocks) * size;
    reading.own = Reading::of(total - static_cast<double>(disk.f_bavail) * size);
    Limit limit;
    limit.offer(reading.own.value, total, "file system");
    limit.putInto(reading, "the file system has no size");
    return reading;
}

ResourceReading SystemResources::readFiles() const
{
    ResourceReading reading = emptyReading(Resource::files);
    std::error_code failed;
    std::uint64_t open = 0;
    for (std::filesystem::directory_iterator entry(m_self / "fd", failed), end;
         !failed && entry != end; entry.increment(failed)) {
        ++open;
    }
    reading.own =
        readingOf(failed ? std::nullopt : std::optional(open), "/proc/self/fd cannot be read");
    Limit limit;
    limit.offer(valueOf(reading.own), softLimit("Max open files"), "RLIMIT_NOFILE");
    limit.putInto(reading, "open files are not limited");
    return reading;
}

ResourceReading SystemResources::readThreads() const
{
    ResourceReading reading = emptyReading(Resource::threads);
    const auto threads = lineValue(m_status, "Threads:");
    reading.own = readingOf(threads ? parseCount(*threads) : std::nullopt,
                            "/proc/self/status cannot be read");
    Limit limit;
    const auto own = valueOf(reading.own);
    limit.offer(own, softLimit("Max processes"), "RLIMIT_NPROC");
    const auto machine = readSmallFile(m_options.proc / "sys" / "kernel" / "threads-max");
    limit.offer(own, asReal(machine ? parseCount(*machine) : std::nullopt), "machine");
    if (const auto group = m_groups->processUse()) {
        limit.offer(group->used, group->limit, m_groups->name());
    }
    limit.offer(own, asReal(m_groups->processLimit()), m_groups->name());
    limit.putInto(reading, "threads are not limited");
    return reading;
}

}  // namespace

std::string_view toString(Resource resource) noexcept
{
    switch (resource) {
        case Resource::cpu:
            return "cpu";
        case Resource::memory:
            return "memory";
        case Resource::disk:
            return "disk";
        case Resource::files:
            return "files";
        case Resource::threads:
            return "threads";
        case Resource::count:
            break;
    }
    return "";
}

ResourceReading emptyReading(Resource resource)
{
    ResourceReading reading;
    reading.resource = resource;
    switch (resource) {
        case Resource::cpu:
            reading.title = "CPU";
            reading.unit = "1";
            break;
        case Resource::memory:
            reading.title = "Memory";
            reading.unit = "B";
            break;
        case Resource::disk:
            reading.title = "Disk";
            reading.unit = "B";
            break;
        case Resource::files:
            reading.title = "Open files";
            reading.unit = "1";
            break;
        case Resource::threads:
        case Resource::count:
            reading.title = "Threads";
            reading.unit = "1";
            break;
    }
    return reading;
}

std::optional<std::uint64_t> residentMemory(const std::filesystem::path& proc)
{
    const auto statm = readSmallFile(proc / "self" / "statm").value_or("");
    const auto words = splitWords(statm);
    const auto pages = words.size() > 1 ? parseCount(words[1]) : std::nullopt;
    return pages ? std::optional(*pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)))
                 : std::nullopt;
}

std::optional<std::uint64_t> availableMemory(const std::filesystem::path& proc)
{
    const auto machine = readSmallFile(proc / "meminfo").value_or("");
    const auto words = splitWords(lineValue(machine, "MemAvailable:").value_or(std::string_view()));
    const auto kibibytes = words.empty() ? std::nullopt : parseCount(words.front());
    return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

std::unique_ptr<ResourceProbe> makeResourceProbe(std::shared_ptr<Clock> clock,
                                                 ResourceProbeOptions options)
{
    return std::make_unique<SystemResources>(std::move(clock), std::move(options));
}

}  // namespace muster
