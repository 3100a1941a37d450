// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "runtime/directory.h"
#include "runtime/internal/agent_group.h"
#include "runtime/internal/block_pool.h"
#include "runtime/internal/cell_side.h"
#include "runtime/internal/executor.h"
#include "runtime/internal/labels.h"
#include "runtime/internal/monitors.h"
#include "runtime/internal/name_table.h"
#include "runtime/internal/outside_asks.h"
#include "runtime/internal/reclaimer.h"
#include "runtime/internal/slot_table.h"
#include "runtime/internal/supervision.h"
#include "runtime/internal/thread_context.h"
#include "runtime/internal/timers.h"
#include "runtime/internal/trait_table.h"
#include "runtime/runtime_options.h"
#include "runtime/scheduler.h"

namespace muster {
class Runtime;
}

namespace muster::detail {

/// The parts of one runtime, for each other. Declared in the order they depend on each other:
/// what comes later goes first. Thread safety: as each part says; what is set in Runtime::create
/// does not change after.
class Core {
public:
    explicit Core(const RuntimeOptions& given);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    ~Core();

    RuntimeOptions options;
    std::shared_ptr<Clock> clock;
    Publisher* events;
    Logger logger;
    Runtime* runtime = nullptr;

    Reclaimer reclaimer;
    BlockPool blocks;
    SlotTable slots;
    NameTable names;
    GroupTable groups;
    TraitTable traits;
    Labels labels;
    ContextTable contexts;
    Monitors monitors;
    Supervision supervision;
    OutsideAsks asks;
    std::unique_ptr<Timers> timers;
    std::unique_ptr<Executor> executor;
    std::unique_ptr<Scheduler> scheduler;
    Directory directory;

    /// Units of 2^20 ns, kept by the watchdog or the simulation: what messages are stamped with.
    alignas(kCacheLine) std::atomic<std::uint32_t> coarseNow{0};
    static constexpr int kCoarseShift = 20;
    void updateCoarseNow() noexcept
    {
        coarseNow.store(coarseTime(clock->now()), std::memory_order_relaxed);
    }
    [[nodiscard]] static std::uint32_t coarseTime(MonoTime time) noexcept
    {
        return static_cast<std::uint32_t>(time.nanoseconds >> kCoarseShift);
    }

    bool timedTurns = false;           ///< else the executor draws how many messages a turn has
    std::atomic<bool> closing{false};  ///< no more agents are made

    [[nodiscard]] std::uint64_t live() const
    {
        return contexts.sum(Count::created) - contexts.sum(Count::ended);
    }
    /// The cell's side record, made when it has none.
    [[nodiscard]] CellSide& sideOf(Cell& cell);
    /// The same for samples, which only so many agents may keep; null beyond.
    [[nodiscard]] CellSide* sampledSideOf(Cell& cell)
    {
        CellSide* side = cell.side.load(std::memory_order_relaxed);
        return side != nullptr || m_sampled.load(std::memory_order_relaxed) >= kMostSampled
                   ? side
                   : &sideOf(cell);
    }
    static constexpr std::uint32_t kMostSampled = 131'072;

private:
    std::atomic<std::uint32_t> m_sampled{0};
    std::mutex m_sideMutex;
    std::vector<std::unique_ptr<CellSide>> m_sides;  // guarded by m_sideMutex
};

}  // namespace muster::detail
