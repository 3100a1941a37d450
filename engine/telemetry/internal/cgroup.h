// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// The limits that control groups set to this process: version 2, or version 1 where the
/// controller still lives there. A group is bound by all those above it, so the least counts.
/// Thread safety: any thread.
class ControlGroups {
public:
    /// `proc` to learn which groups the process is in, `root` where they are mounted.
    ControlGroups(const std::filesystem::path& proc, const std::filesystem::path& root);

    /// What all processes of a group take together, against its limit.
    struct Use {
        double used = 0;
        double limit = 0;
    };

    [[nodiscard]] std::optional<std::uint64_t> memoryLimit() const;   ///< bytes
    [[nodiscard]] std::optional<double> cpuLimit() const;             ///< cores
    [[nodiscard]] std::optional<std::uint64_t> processLimit() const;  ///< threads count too
    /// Of the group nearest its limit. Without pages of files that nobody used lately: they go
    /// when room is needed.
    [[nodiscard]] std::optional<Use> memoryUse() const;
    [[nodiscard]] std::optional<Use> processUse() const;
    /// "cgroup v2" or "cgroup v1".
    [[nodiscard]] std::string_view name() const noexcept;

private:
    using Read = std::function<std::optional<double>(const std::filesystem::path& group)>;

    [[nodiscard]] std::optional<Use> fullest(std::string_view controller, const Read& used,
                                             const Read& limit) const;
    [[nodiscard]] std::optional<double> least(std::string_view controller, const Read& read) const;
    [[nodiscard]] std::vector<std::filesystem::path> groups(std::string_view controller) const;

    std::filesystem::path m_root;
    std::string m_membership;  // proc/self/cgroup
    bool m_unified = false;
};

}  // namespace muster
