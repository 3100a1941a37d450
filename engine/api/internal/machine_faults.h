// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/stall_agent.h"
#include "api/internal/engine_core.h"
#include "api/internal/resource_watch.h"
#include "workload/machine_fault.h"

namespace muster {

/// The faults that hit the engine itself: agents killed, workers held, memory taken, a disk that
/// is full, a clock that jumps. One of a kind at a time; each begin and end is an event, which
/// draws a mark, and what a fault took is given back when it ends.
/// Thread safety: any thread. Outlives the runtime's jobs.
class MachineFaults {
public:
    /// What a fault that was begun came to: how many agents, or 1.
    using Begun = std::function<void(Result<std::uint64_t> hit)>;

    MachineFaults(EngineCore& core, ResourceWatch& resources);
    ~MachineFaults();
    MachineFaults(const MachineFaults&) = delete;
    MachineFaults& operator=(const MachineFaults&) = delete;

    /// Returns at once; `begun` comes on any thread. Ends by itself after `length`.
    void begin(const MachineFault& fault, Duration length, std::string author, Begun begun);
    /// False: there is none of the kind.
    bool end(MachineFault::Kind kind, std::string_view reason);
    /// Before the runtime drains: nothing holds it up any more.
    void endAll(std::string_view reason);
    [[nodiscard]] std::vector<FaultStatus> active() const;

    static constexpr Duration kLength = std::chrono::seconds(10);  ///< unless one is given

private:
    struct Entry {
        bool active = false;
        std::uint64_t number = 0;  ///< of the fault: an end that was scheduled is of one only
        MachineFault fault;
        MonoTime until;
        std::unique_ptr<std::byte[]> memory;
        std::shared_ptr<StallGate> gate;
    };

    [[nodiscard]] Entry& at(MachineFault::Kind kind)
    {
        return m_entries[static_cast<std::size_t>(kind)];
    }
    void carryOut(const MachineFault& fault, Duration length, const std::string& author,
                  const Begun& begun);
    [[nodiscard]] Result<std::uint64_t> take(const MachineFault& fault, Duration length);
    [[nodiscard]] Result<std::uint64_t> killAgents(const MachineFault& fault);
    [[nodiscard]] Result<std::uint64_t> stallWorkers(const MachineFault& fault, Duration length);
    [[nodiscard]] Result<std::uint64_t> takeMemory(const MachineFault& fault);
    void fillDisk();
    void giveBack(Entry& entry);
    void publishBegin(const MachineFault& fault, Duration length, std::string_view author);

    EngineCore& m_core;
    ResourceWatch& m_resources;
    Runtime& m_runtime;  // while it ends the core names it no more, its jobs still run

    mutable std::mutex m_mutex;  // guards what follows
    std::array<Entry, static_cast<std::size_t>(MachineFault::Kind::count)> m_entries;
    bool m_over = false;
};

}  // namespace muster
