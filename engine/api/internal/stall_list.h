// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "api/internal/attention.h"
#include "runtime/directory.h"
#include "runtime/runtime_options.h"

namespace muster {

/// Agents that the watchdog named and that are still in the same message.
/// Thread safety: any thread.
class StallList {
public:
    void add(const Stall& stall, MonoTime now);
    /// Those that still stall; forgets the others.
    [[nodiscard]] std::vector<StalledAgent> current(const Directory& directory, MonoTime now);

    static constexpr std::size_t kMost = 20;

private:
    struct Entry {
        AgentId agent;
        StalledAgent shown;
        MonoTime since;
        std::optional<std::uint64_t> handled;  ///< messages, when first looked at
    };

    [[nodiscard]] static bool goesOn(Entry& entry, const Directory& directory);

    std::mutex m_mutex;  // guards m_entries
    std::vector<Entry> m_entries;
};

}  // namespace muster
