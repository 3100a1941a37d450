// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/rng.h"
#include "base/spin_lock.h"
#include "runtime/internal/executor.h"
#include "runtime/scheduler.h"

namespace muster::detail {

class Core;

/// One thread, virtual time, and an order of turns that is drawn from the seed: which ready
/// agent runs next, and how many messages it handles before the next draw. What the threaded
/// scheduler leaves to luck is here a function of the seed.
///
/// A turn takes no virtual time, up to a point: agents that answer each other for ever would
/// otherwise hold the clock still. Beyond 10 million turns a virtual second, and a generous
/// credit, each turn moves the clock by its own cost.
/// Thread safety: one thread runs it; inject() from any, out of the seed's hands.
class Simulation final : public Executor {
public:
    Simulation(Core& core, std::uint64_t seed);
    ~Simulation() override;

    void inject(Cell& cell) override;
    void injectAll(Cell* const* cells, std::uint32_t count) override;
    void share(SharedWork&) override {}  // one thread does it all
    void sharedPieceDone(SharedWork&) override {}
    void unshare(SharedWork&) override {}
    void again(ThreadContext& context, Cell& cell, const TurnEnd& end) override;
    [[nodiscard]] std::uint32_t budget() override;
    void start() override {}
    void stop() override {}

    void runFor(Duration time);
    [[nodiscard]] bool runUntilIdle(Duration limit);
    std::uint64_t runReady();

private:
    static constexpr std::uint32_t kMostInOneTurn = 8;
    static constexpr Duration kTurnCost{100};
    static constexpr Duration kMostCredit = kTurnCost * 4'000'000;

    [[nodiscard]] bool runOne();
    void runReadyUntil(MonoTime end);
    void payForTurn();
    void passTimeTo(MonoTime time);

    Core& m_core;
    Rng m_rng;
    SpinLock m_lock;  // guards m_ready
    std::vector<Cell*> m_ready;
    Duration m_credit = kMostCredit;
    MonoTime m_paidAt;
};

/// The scheduler's face of it.
class SimulationScheduler final : public SimulatedScheduler {
public:
    SimulationScheduler(Core& core, Simulation& simulation) noexcept
        : m_core(core), m_simulation(simulation)
    {
    }

    [[nodiscard]] const Clock& clock() const noexcept override;
    [[nodiscard]] std::shared_ptr<Clock> sharedClock() const noexcept override;
    TimerId every(std::string name, Duration period, std::function<void()> fn) override;
    TimerId after(Duration delay, std::function<void()> fn) override;
    void cancel(TimerId id) override;
    /// Runs the job in virtual time, after what RuntimeOptions::blockingDuration draws.
    Result<void> blocking(std::function<void()> fn) override;
    [[nodiscard]] bool simulated() const noexcept override { return true; }

    void runFor(Duration time) override { m_simulation.runFor(time); }
    bool runUntilIdle(Duration limit) override { return m_simulation.runUntilIdle(limit); }
    std::uint64_t runReady() override { return m_simulation.runReady(); }

private:
    Core& m_core;
    Simulation& m_simulation;
};

}  // namespace muster::detail
