// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/core.h"

#include "runtime/internal/lifecycle.h"

namespace muster::detail {
namespace {

[[nodiscard]] std::shared_ptr<Clock> clockFor(const RuntimeOptions& options)
{
    if (options.clock) {
        return options.clock;
    }
    return options.scheduler == SchedulerKind::simulated ? std::make_shared<ManualClock>()
                                                         : systemClock();
}

}  // namespace

Core::Core(const RuntimeOptions& given)
    : options(given),
      clock(clockFor(given)),
      events(given.events),
      logger(given.logger),
      slots(given.maxAgents),
      names(slots, reclaimer),
      groups(reclaimer),
      traits(slots, reclaimer),
      contexts(*this),
      monitors(*this),
      supervision(*this),
      asks(*this),
      directory(*this)
{
    updateCoarseNow();
}

Core::~Core() = default;

CellSide& Core::sideOf(Cell& cell)
{
    CellSide* side = cell.side.load(std::memory_order_acquire);
    if (side != nullptr) {
        return *side;
    }
    const std::lock_guard lock(m_sideMutex);
    side = cell.side.load(std::memory_order_relaxed);
    if (side == nullptr) {
        side = m_sides.emplace_back(std::make_unique<CellSide>()).get();
        m_sampled.fetch_add(1, std::memory_order_relaxed);
        cell.side.store(side, std::memory_order_release);
    }
    return *side;
}

}  // namespace muster::detail
