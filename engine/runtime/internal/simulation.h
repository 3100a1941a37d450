// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/rng.h"
#include "runtime/internal/executor.h"
#include "runtime/scheduler.h"

namespace muster::detail {

class Core;

/// One thread, virtual time, and an order of turns that is drawn from the seed: which ready
/// agent runs next, and how many messages it handles before the next draw. What the threaded
/// scheduler leaves to luck is here a function of the seed. Thread safety: one thread.
class Simulation final : public Executor {
public:
    Simulation(Core& core, std::uint64_t seed);
    ~Simulation() override;

    void inject(Cell& cell) override { m_ready.push_back(&cell); }
    void again(ThreadContext& context, Cell& cell) override;
    [[nodiscard]] std::uint32_t budget() override;
    void start() override {}
    void stop() override {}

    void runFor(Duration time);
    [[nodiscard]] bool runUntilIdle(Duration limit);
    std::uint64_t runReady();

private:
    static constexpr std::uint32_t kMostInOneTurn = 8;

    [[nodiscard]] bool runOne();
    void passTimeTo(MonoTime time);

    Core& m_core;
    Rng m_rng;
    std::vector<Cell*> m_ready;
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
