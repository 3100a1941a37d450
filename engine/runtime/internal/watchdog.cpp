// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/watchdog.h"

#include "runtime/internal/core.h"
#include "runtime/internal/notices.h"

namespace muster::detail {

Watchdog::Watchdog(Core& core, WorkerPool& workers) : m_core(core), m_workers(workers) {}

Watchdog::~Watchdog()
{
    stop();
}

void Watchdog::start()
{
    m_thread = NamedThread("muster-watch", [this] { loop(); });
}

void Watchdog::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_stop.notify_all();
    }
    m_thread.join();
}

void Watchdog::loop()
{
    std::vector<Seen> seen(m_workers.size());
    std::unique_lock lock(m_mutex);
    while (!m_stop.wait_for(lock, kPeriod, [this] { return m_stopping; })) {
        lock.unlock();
        m_core.updateCoarseNow();
        const MonoTime now = m_core.clock->now();
        for (std::uint32_t worker = 0; worker < m_workers.size(); ++worker) {
            look(worker, seen[worker], now);
        }
        lock.lock();
    }
}

void Watchdog::look(std::uint32_t worker, Seen& seen, MonoTime now)
{
    const ThreadContext& context = m_workers.context(worker);
    Cell* cell = context.running.load(std::memory_order_acquire);
    const std::uint64_t step = context.step.load(std::memory_order_acquire);
    if (cell == nullptr || cell != seen.cell || step != seen.step) {
        seen = {step, cell, now, false};
        return;
    }
    m_workers.rescueNext(worker);
    const Duration held = now - seen.since;
    if (held >= m_core.options.stallThreshold && !seen.reported) {
        seen.reported = true;
        report(worker, *cell, held);
    }
}

void Watchdog::report(std::uint32_t worker, const Cell& cell, Duration held)
{
    Stall stall;
    stall.held = held;
    stall.worker = worker;
    {
        const ReadGuard guard(m_core.reclaimer);
        stall.agent = m_core.slots.idOf(cell);
        stall.name = shownName(m_core, cell);
        if (const AgentGroup* group = cell.group.load(std::memory_order_seq_cst)) {
            stall.type = group->type;
        }
    }
    if (const MessageType* message =
            m_workers.context(worker).message.load(std::memory_order_acquire)) {
        stall.message = message->name;
    }
    ThreadContext::in(m_core).counters.add(Count::stalls);
    m_core.logger.warn("{} holds worker {} for {} ms with {}", stall.name, worker,
                       held.count() / 1'000'000, stall.message);
    notice::stalled(m_core, stall);
    if (m_core.options.onStall) {
        m_core.options.onStall(stall);
    }
}

}  // namespace muster::detail
