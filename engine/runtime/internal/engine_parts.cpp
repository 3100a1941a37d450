// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/engine_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"

namespace muster::detail {
namespace {

constexpr std::chrono::milliseconds kDrainLook{1};

}  // namespace

Result<std::unique_ptr<EngineParts>> EngineParts::make(const RuntimeOptions& options)
{
    if (options.maxAgents == 0) {
        return Error{ErrorCode::invalidArgument, "a runtime needs room for one agent", "maxAgents",
                     "Use 1 or more"};
    }
    if (options.scheduler == SchedulerKind::simulated && options.clock &&
        dynamic_cast<ManualClock*>(options.clock.get()) == nullptr) {
        return Error{ErrorCode::invalidArgument, "a simulation moves its own clock", "clock",
                     "Give it a ManualClock, or none"};
    }
    std::unique_ptr<EngineParts> parts(new EngineParts(options));
    if (!parts->m_core.slots.valid() || !parts->m_core.blocks.valid()) {
        return Error{ErrorCode::unavailable, "the system refused the address space for agents",
                     "maxAgents", "Lower it, or raise the limit on virtual memory"};
    }
    try {
        options.scheduler == SchedulerKind::simulated ? parts->makeSimulated()
                                                      : parts->makeThreaded();
    } catch (const std::system_error& error) {
        return Error{ErrorCode::unavailable,
                     fmt::format("a thread could not be started: {}", error.what()), "workers",
                     "Raise the limit on threads"};
    }
    if (options.metrics != nullptr) {
        parts->m_metrics = std::make_unique<MetricsBridge>(parts->m_core, *options.metrics);
    }
    return parts;
}

EngineParts::EngineParts(const RuntimeOptions& options) : m_core(options) {}

EngineParts::~EngineParts()
{
    stop();
}

void EngineParts::makeThreaded()
{
    const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::uint32_t workers = m_core.options.workers == 0 ? cores : m_core.options.workers;
    auto pool = std::make_unique<WorkerPool>(m_core, workers);
    m_pool = pool.get();
    m_core.executor = std::move(pool);
    m_core.timedTurns = true;
    m_core.timers = std::make_unique<Timers>(m_core, m_pool->size() + 1);
    auto scheduler = std::make_unique<ThreadedScheduler>(m_core);
    m_threaded = scheduler.get();
    m_core.scheduler = std::move(scheduler);
    m_watchdog = std::make_unique<Watchdog>(m_core, *m_pool);
    m_pool->start();
    m_threaded->start();
    m_watchdog->start();
}

void EngineParts::makeSimulated()
{
    auto simulation = std::make_unique<Simulation>(m_core, m_core.options.seed);
    m_simulation = simulation.get();
    m_core.executor = std::move(simulation);
    m_core.timers = std::make_unique<Timers>(m_core, 1);
    m_core.scheduler = std::make_unique<SimulationScheduler>(m_core, *m_simulation);
}

std::vector<AgentId> EngineParts::stopEverything()
{
    ThreadContext& context = ThreadContext::in(m_core);
    constexpr std::uint32_t kQuietStop = control::kStop | control::kQuiet;
    std::vector<AgentId> quiet;
    // The unsupervised first, then supervisors without one of their own: they see to the rest.
    for (const bool supervisors : {false, true}) {
        for (std::uint32_t slot = m_core.slots.used(); slot-- > 0;) {
            Cell& cell = m_core.slots.at(slot);
            const ReadGuard guard(m_core.reclaimer);
            const AgentGroup* group = cell.group.load(std::memory_order_seq_cst);
            // A supervisor that is gone sees to nobody.
            if (group == nullptr ||
                (group->supervisor && m_core.directory.alive(group->supervisor)) ||
                (group->ops->mayStop != nullptr) != supervisors) {
                continue;
            }
            const AgentId id = m_core.slots.idOf(cell);
            // One that ends already has been, or will be, announced by who ended it.
            const bool ending = (cell.control.load(std::memory_order_seq_cst) & control::kEnd) != 0;
            const bool told =
                orderEnd(context, id, ending || supervisors ? control::kStop : kQuietStop,
                         {EndKind::shutdown, {}});
            if (told && !ending && !supervisors) {
                quiet.push_back(id);
            }
        }
    }
    return quiet;
}

void EngineParts::awaitEnd(Duration bound, const std::function<bool()>& enough)
{
    if (m_simulation != nullptr) {
        const MonoTime end = m_core.clock->now() + bound;
        m_simulation->runReady();
        while (m_core.live() != 0 && m_core.clock->now() < end && !(enough && enough())) {
            const auto next = m_core.timers->earliest();
            const Duration step = next ? *next - m_core.clock->now() : bound;
            m_simulation->runFor(std::clamp(step, Duration(1), end - m_core.clock->now()));
        }
        return;
    }
    // Looked at again and again: a notice from each of a million agents would cost more.
    // The bound is of real time: a clock that stands still must not hold a drain for ever.
    const auto clock = systemClock();
    const MonoTime end = clock->now() + bound;
    while (m_core.live() != 0 && clock->now() < end && !(enough && enough())) {
        std::this_thread::sleep_for(kDrainLook);
    }
}

DrainReport EngineParts::drain(Duration bound, const std::function<bool()>& enough)
{
    DrainReport report;
    m_core.closing.store(true, std::memory_order_seq_cst);
    const std::uint64_t before = m_core.live();
    if (m_stopped || before == 0) {
        return report;
    }
    auto quiet = stopEverything();
    awaitEnd(bound, enough);
    // One event over all of them: a hundred thousand would be a flood.
    std::erase_if(quiet, [this](AgentId id) { return m_core.directory.alive(id); });
    notice::endedMany(m_core, quiet, {EndKind::shutdown, {}});
    m_core.directory.forEach([this, &report](const DirectoryEntry& entry) {
        std::string what = entry.name();
        for (std::uint32_t worker = 0; m_pool != nullptr && worker < m_pool->size(); ++worker) {
            const ThreadContext& context = m_pool->context(worker);
            const Cell* running = context.running.load(std::memory_order_acquire);
            const MessageType* message = context.message.load(std::memory_order_acquire);
            if (running == m_core.slots.find(entry.id()) && message != nullptr) {
                what += fmt::format(" (handling {})", message->name);
            }
        }
        report.notStopped.push_back(std::move(what));
        return true;
    });
    const std::uint64_t left = m_core.live();
    report.stopped = before - std::min(before, left);
    if (left == 0) {
        m_metrics.reset();  // nothing more will be counted; what was is handed on
    }
    return report;
}

void EngineParts::stop()
{
    if (m_stopped) {
        return;
    }
    m_stopped = true;
    m_core.closing.store(true, std::memory_order_seq_cst);
    m_metrics.reset();
    if (m_watchdog) {
        m_watchdog->stop();
    }
    if (m_core.executor) {
        m_core.executor->stop();
    }
    if (m_threaded != nullptr) {
        m_threaded->stop();
    }
    if (m_core.timers) {
        endWhatIsLeft();
        m_core.asks.cancelAll();
    }
}

void EngineParts::endWhatIsLeft()
{
    // No worker runs any more: what did not stop in time is taken apart here.
    ThreadContext& context = ThreadContext::in(m_core);
    const ContextScope scope(context);
    for (std::uint32_t slot = 0; slot < m_core.slots.used(); ++slot) {
        Cell& cell = m_core.slots.at(slot);
        if (cell.group.load(std::memory_order_seq_cst) == nullptr) {
            continue;
        }
        const AgentId id = m_core.slots.idOf(cell);
        static_cast<void>(order(cell, id, control::kKill));
        if (!releaseAgent(context, id, {EndKind::killed, {}})) {
            endAgent(context, cell, {EndKind::killed, "the runtime ended"});
        }
    }
}

}  // namespace muster::detail
