// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/internal/engine_core.h"
#include "api/snapshot.h"
#include "protection/cleanup.h"

namespace muster {

/// Runs what the resource manager orders to be cleaned up, on a thread that may block, and tells
/// of each hook what it gave back or why it could not.
/// Thread safety: any thread; `ran` is called on the service thread. Outlives the runtime's jobs.
class CleanupRunner {
public:
    using Ran = std::function<void(const CleanupOrder& order)>;

    CleanupRunner(EngineCore& core, Ran ran)
        : m_core(core), m_scheduler(core.runtime->scheduler()), m_ran(std::move(ran))
    {
    }

    /// Before the first order.
    void add(CleanupHook hook) { m_hooks.add(std::move(hook)); }
    void start(const CleanupOrder& order);

    /// The last kCleanupsKept, oldest first.
    [[nodiscard]] std::vector<CleanupStatus> recent() const;
    [[nodiscard]] CleanupTotals totals() const;

private:
    void run(const CleanupOrder& order);
    void tell(const CleanupOrder& order, const CleanupDone& done);
    void keep(CleanupStatus status);

    EngineCore& m_core;
    Scheduler& m_scheduler;  // while the runtime ends the core names it no more, its jobs still run
    Ran m_ran;
    CleanupHooks m_hooks;

    mutable std::mutex m_mutex;  // guards what follows
    std::deque<CleanupStatus> m_recent;
    CleanupTotals m_totals;
};

/// Hooks for what the engine itself can give back.
void addOwnCleanups(CleanupRunner& runner, EngineCore& core);

}  // namespace muster
