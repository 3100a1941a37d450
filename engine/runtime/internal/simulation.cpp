// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/simulation.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/internal/activation.h"
#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"

namespace muster::detail {

Simulation::Simulation(Core& core, std::uint64_t seed)
    : m_core(core), m_rng(Rng(seed).fork("schedule"))
{
}

Simulation::~Simulation() = default;

void Simulation::again(ThreadContext& context, Cell& cell, const TurnEnd&)
{
    static_cast<void>(context);
    inject(cell);
}

std::uint32_t Simulation::budget()
{
    return static_cast<std::uint32_t>(1 + m_rng.below(kMostInOneTurn));
}

void Simulation::inject(Cell& cell)
{
    const std::lock_guard lock(m_lock);
    m_ready.push_back(&cell);
}

void Simulation::injectAll(Cell* const* cells, std::uint32_t count)
{
    const std::lock_guard lock(m_lock);
    m_ready.insert(m_ready.end(), cells, cells + count);
}

bool Simulation::runOne()
{
    Cell* cell = nullptr;
    {
        const std::lock_guard lock(m_lock);
        if (m_ready.empty()) {
            return false;
        }
        std::swap(m_ready[m_rng.below(m_ready.size())], m_ready.back());
        cell = m_ready.back();
        m_ready.pop_back();
    }
    runAgent(m_core, ThreadContext::in(m_core), *cell);
    payForTurn();
    return true;
}

void Simulation::payForTurn()
{
    const MonoTime now = m_core.clock->now();
    m_credit = std::min(kMostCredit, m_credit + (now - m_paidAt));
    m_paidAt = now;
    if (m_credit >= kTurnCost) {
        m_credit -= kTurnCost;
    } else {
        passTimeTo(now + kTurnCost);
        m_paidAt = now + kTurnCost;
    }
}

void Simulation::runReadyUntil(MonoTime end)
{
    const ContextScope scope(ThreadContext::in(m_core));
    while (m_core.clock->now() <= end && runOne()) {
    }
}

std::uint64_t Simulation::runReady()
{
    const ContextScope scope(ThreadContext::in(m_core));
    std::uint64_t turns = 0;
    while (runOne()) {
        ++turns;
    }
    return turns;
}

void Simulation::passTimeTo(MonoTime time)
{
    static_cast<ManualClock&>(*m_core.clock).advanceTo(time);
    m_core.updateCoarseNow();
    m_core.timers->fireDue(m_core.clock->now());
}

void Simulation::runFor(Duration time)
{
    const MonoTime end = m_core.clock->now() + time;
    runReadyUntil(end);
    for (;;) {
        const auto next = m_core.timers->earliest();
        if (!next || *next > end || m_core.clock->now() > end) {
            break;
        }
        passTimeTo(std::max(*next, m_core.clock->now()));
        runReadyUntil(end);
    }
    passTimeTo(std::max(end, m_core.clock->now()));
    runReadyUntil(end);
}

bool Simulation::runUntilIdle(Duration limit)
{
    const MonoTime end = m_core.clock->now() + limit;
    runReadyUntil(end);
    while (m_core.timers->anyOneOff()) {
        const auto next = m_core.timers->earliest();
        if (!next) {
            break;
        }
        if (*next > end || m_core.clock->now() > end) {
            passTimeTo(std::max(end, m_core.clock->now()));
            return false;
        }
        passTimeTo(std::max(*next, m_core.clock->now()));
        runReadyUntil(end);
    }
    return m_core.clock->now() <= end;
}

const Clock& SimulationScheduler::clock() const noexcept
{
    return *m_core.clock;
}

std::shared_ptr<Clock> SimulationScheduler::sharedClock() const noexcept
{
    return m_core.clock;
}

TimerId SimulationScheduler::every(std::string name, Duration period, std::function<void()> fn)
{
    const Duration least = std::max(period, Duration(1));
    return m_core.timers->callback(std::move(name), least, least, std::move(fn));
}

TimerId SimulationScheduler::after(Duration delay, std::function<void()> fn)
{
    return m_core.timers->callback("after", delay, std::nullopt, std::move(fn));
}

void SimulationScheduler::cancel(TimerId id)
{
    m_core.timers->cancel(id);
}

Result<void> SimulationScheduler::blocking(std::function<void()> fn)
{
    const auto& drawn = m_core.options.blockingDuration;
    static_cast<void>(m_core.timers->callback("blocking", drawn ? drawn() : Duration::zero(),
                                              std::nullopt, std::move(fn)));
    return {};
}

}  // namespace muster::detail
