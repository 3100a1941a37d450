// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "runtime/internal/core.h"
#include "runtime/internal/metrics_bridge.h"
#include "runtime/internal/simulation.h"
#include "runtime/internal/threaded_scheduler.h"
#include "runtime/internal/watchdog.h"
#include "runtime/internal/worker_pool.h"
#include "runtime/runtime.h"

namespace muster::detail {

/// Puts a runtime's parts together for its kind of scheduler, and takes them apart in the order
/// that leaves no thread inside something that is gone. Thread safety: made, stopped and
/// destroyed by one thread; drain() by one at a time.
class EngineParts {
public:
    [[nodiscard]] static Result<std::unique_ptr<EngineParts>> make(const RuntimeOptions& options);
    ~EngineParts();

    [[nodiscard]] Core& core() noexcept { return m_core; }
    [[nodiscard]] std::uint32_t workers() const noexcept
    {
        return m_pool == nullptr ? 1 : m_pool->size();
    }
    [[nodiscard]] DrainReport drain(Duration bound, const std::function<bool()>& enough);
    void stop();

private:
    explicit EngineParts(const RuntimeOptions& options);
    void makeThreaded();
    void makeSimulated();
    /// Tells all to end. Those who end without an event of their own, the youngest first.
    [[nodiscard]] std::vector<AgentId> stopEverything();
    void awaitEnd(Duration bound, const std::function<bool()>& enough);
    void endWhatIsLeft();

    Core m_core;
    WorkerPool* m_pool = nullptr;             ///< owned by the core
    ThreadedScheduler* m_threaded = nullptr;  ///< owned by the core
    Simulation* m_simulation = nullptr;       ///< owned by the core
    std::unique_ptr<Watchdog> m_watchdog;
    std::unique_ptr<MetricsBridge> m_metrics;
    bool m_stopped = false;
};

}  // namespace muster::detail
