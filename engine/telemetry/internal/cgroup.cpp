// SPDX-License-Identifier: Apache-2.0
#include "telemetry/internal/cgroup.h"

#include <algorithm>

#include "telemetry/internal/proc_files.h"

namespace muster {
namespace {

/// Version 1 says "no limit" by the greatest number of pages there can be.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;

std::optional<double> readLimit(const std::filesystem::path& file)
{
    const auto text = readSmallFile(file);
    const auto value = text ? parseCount(*text) : std::nullopt;  // "max" is no number
    return value && *value < kNoLimit ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::optional<double> readQuota(const std::filesystem::path& group)
{
    const auto text = readSmallFile(group / "cpu.max");
    const auto words = splitWords(text ? *text : std::string_view());
    if (words.size() != 2) {
        return std::nullopt;
    }
    const auto quota = parseCount(words[0]);
    const auto period = parseCount(words[1]);
    return quota && period && *period != 0
               ? std::optional(static_cast<double>(*quota) / static_cast<double>(*period))
               : std::nullopt;
}

std::optional<double> readQuotaV1(const std::filesystem::path& group)
{
    const auto quota = readLimit(group / "cpu.cfs_quota_us");  // -1, no quota, is no count
    const auto period = readLimit(group / "cpu.cfs_period_us");
    return quota && period && *period != 0 ? std::optional(*quota / *period) : std::nullopt;
}

std::optional<std::uint64_t> whole(std::optional<double> value)
{
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

/// The group's path within the hierarchy that has the controller ("" in version 2).
std::optional<std::string> membership(std::string_view lines, std::string_view controller)
{
    for (const auto line : splitLines(lines)) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            continue;
        }
        const std::string names =
            ',' + std::string(line.substr(first + 1, second - first - 1)) + ',';
        if (names.find(',' + std::string(controller) + ',') != std::string::npos) {
            return std::string(line.substr(second + 1));
        }
    }
    return std::nullopt;
}

}  // namespace

ControlGroups::ControlGroups(const std::filesystem::path& proc, const std::filesystem::path& root)
    : m_root(root), m_membership(readSmallFile(proc / "self" / "cgroup").value_or(""))
{
    std::error_code ignored;
    m_unified = std::filesystem::exists(root / "cgroup.controllers", ignored);
}

std::vector<std::filesystem::path> ControlGroups::groups(std::string_view controller) const
{
    const auto own = membership(m_membership, m_unified ? std::string_view() : controller);
    const auto top = m_unified ? m_root : m_root / controller;
    std::vector<std::filesystem::path> all{top};
    for (auto group = std::filesystem::path(own.value_or("/")).relative_path(); !group.empty();
         group = group.parent_path()) {
        all.push_back(top / group);
    }
    return all;
}

std::optional<double> ControlGroups::least(std::string_view controller, const Read& read) const
{
    std::optional<double> least;
    for (const auto& group : groups(controller)) {
        if (const auto limit = read(group)) {
            least = std::min(least.value_or(*limit), *limit);
        }
    }
    return least;
}

std::optional<std::uint64_t> ControlGroups::memoryLimit() const
{
    const char* file = m_unified ? "memory.max" : "memory.limit_in_bytes";
    return whole(least("memory", [file](const auto& group) { return readLimit(group / file); }));
}

std::optional<double> ControlGroups::cpuLimit() const
{
    return least("cpu", m_unified ? readQuota : readQuotaV1);
}

std::optional<std::uint64_t> ControlGroups::processLimit() const
{
    return whole(least("pids", [](const auto& group) { return readLimit(group / "pids.max"); }));
}

std::optional<ControlGroups::Use> ControlGroups::fullest(std::string_view controller,
                                                         const Read& used, const Read& limit) const
{
    std::optional<Use> fullest;
    for (const auto& group : groups(controller)) {
        const auto most = limit(group);
        const auto now = most && *most > 0 ? used(group) : std::nullopt;
        if (now && (!fullest || *now / *most > fullest->used / fullest->limit)) {
            fullest = Use{*now, *most};
        }
    }
    return fullest;
}

std::optional<ControlGroups::Use> ControlGroups::memoryUse() const
{
    const char* limit = m_unified ? "memory.max" : "memory.limit_in_bytes";
    const char* current = m_unified ? "memory.current" : "memory.usage_in_bytes";
    const char* inactive = m_unified ? "inactive_file" : "total_inactive_file";
    const auto used = [current, inactive](const auto& group) -> std::optional<double> {
        const auto all = readLimit(group / current);
        if (!all) {
            return std::nullopt;
        }
        const auto stat = readSmallFile(group / "memory.stat").value_or("");
        const auto count = parseCount(lineValue(stat, inactive).value_or(std::string_view()));
        return *all - std::min(*all, static_cast<double>(count.value_or(0)));
    };
    return fullest("memory", used, [limit](const auto& group) { return readLimit(group / limit); });
}

std::optional<ControlGroups::Use> ControlGroups::processUse() const
{
    return fullest(
        "pids", [](const auto& group) { return readLimit(group / "pids.current"); },
        [](const auto& group) { return readLimit(group / "pids.max"); });
}

std::string_view ControlGroups::name() const noexcept
{
    return m_unified ? "cgroup v2" : "cgroup v1";
}

}  // namespace muster
