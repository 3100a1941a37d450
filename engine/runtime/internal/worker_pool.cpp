// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/worker_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/internal/activation.h"
#include "runtime/internal/core.h"

namespace muster::detail {

Worker::Worker(WorkerPool& pool, std::shared_ptr<ThreadContext> context, std::uint32_t number)
    : m_pool(pool), m_context(std::move(context)), m_number(number)
{
    m_context->worker = this;
}

void Worker::displace(Cell& cell)
{
    // A thief may be faster, so what was there is whatever the exchange gives.
    if (Cell* before = m_own.swapNext(cell)) {
        queue(*before);
    }
}

void Worker::queue(Cell& cell)
{
    if (!m_queue.push(cell)) {
        std::array<Cell*, RunQueue::kSize / 2 + 1> half;
        std::uint32_t count = m_queue.take(half.data(), RunQueue::kSize / 2);
        half[count++] = &cell;
        m_pool.injectMany(half.data(), count);
    }
    m_pool.m_sleepers.wakeOne();
}

void Worker::shareNext()
{
    if (Cell* cell = m_own.takeNext()) {
        queue(*cell);
    }
}

void Worker::again(Cell& cell, const TurnEnd& end)
{
    if (end.sentMuch) {
        if (sendsCheaply(cell) && hasWork() && m_own.keep(cell)) {
            return;
        }
    } else if (end.feeder != nullptr) {
        if (m_own.isKept(*end.feeder) ? m_own.keep(cell)
                                      : m_pool.bringTogether(*this, cell, *end.feeder)) {
            return;
        }
    }
    queue(cell);
}

bool Worker::sendsCheaply(Cell& sender) const
{
    constexpr int kShift = 6;
    const auto now = static_cast<std::uint32_t>(m_pool.m_core.clock->now().nanoseconds >> kShift);
    const std::uint32_t took = now - std::exchange(sender.gaveWay, now);
    return took < m_context->sends * static_cast<std::uint32_t>(kCheapSend.count() >> kShift);
}

bool Worker::mayTakeNext()
{
    return m_nextLeft != 0 || (m_nextLeft = m_fromNext.more(m_pool.m_core.clock->now())) != 0;
}

Cell* Worker::find()
{
    if (++m_turns % kLookOutside == 0) {
        if (Cell* cell = takeInjected()) {
            return cell;
        }
    }
    if (Cell* offered = m_own.takeOffered()) {
        makeReady(*offered);
    }
    if (mayTakeNext()) {
        if (Cell* cell = m_own.take()) {
            --m_nextLeft;
            return cell;
        }
    }
    m_fromNext.restart();
    m_nextLeft = TimeSlice::kFirst;
    if (Cell* cell = m_queue.pop()) {
        return cell;
    }
    if (Cell* cell = m_own.take()) {
        return cell;
    }
    return takeInjected();
}

Cell* Worker::takeInjected()
{
    std::array<Cell*, WorkerPool::kInjectedBatch> cells;
    const std::uint32_t count = m_pool.takeInjected(cells.data(), WorkerPool::kInjectedBatch);
    for (std::uint32_t i = 1; i < count; ++i) {
        queue(*cells[i]);
    }
    return count == 0 ? nullptr : cells[0];
}

Cell* Worker::stealFrom(Worker& victim)
{
    std::array<Cell*, RunQueue::kSize / 2> cells;
    const std::uint32_t count = victim.m_queue.take(cells.data(), RunQueue::kSize / 2);
    for (std::uint32_t i = 1; i < count; ++i) {
        static_cast<void>(m_queue.push(*cells[i]));  // ours is empty: there is room
    }
    if (count != 0) {
        m_context->counters.add(Count::steals, count);
    }
    return count == 0 ? nullptr : cells[0];
}

Cell* Worker::search()
{
    // A few microseconds: waking a sleeper costs its waker more than that.
    constexpr int kRounds = 60;
    constexpr int kPauses = 4;
    const std::uint32_t workers = m_pool.size();
    for (int round = 0; round < kRounds && !m_pool.m_board.wanted(); ++round) {
        for (std::uint32_t i = 1; i < workers; ++i) {
            if (Cell* cell = stealFrom(*m_pool.m_workers[(m_number + i) % workers])) {
                return cell;
            }
        }
        if (Cell* cell = takeInjected()) {
            return cell;
        }
        for (int pause = 0; pause < kPauses; ++pause) {
            relaxCore();
        }
    }
    return nullptr;
}

// False: for good.
bool Worker::sleep()
{
    m_pool.m_sleepers.sleep(m_number, [this] {
        return m_pool.anyWork() || m_pool.m_stopping.load(std::memory_order_seq_cst);
    });
    return !m_pool.m_stopping.load(std::memory_order_seq_cst);
}

void Worker::loop()
{
    ThreadContext::enter(m_context.get());
    bool going = true;
    while (going) {
        Cell* cell = find();
        if (cell == nullptr) {
            m_pool.m_sleepers.beginSearch();
            while ((cell = search()) == nullptr && !m_pool.m_board.wanted() && (going = sleep())) {
            }
            // The last to stop searching looks whether there is more than it can do itself.
            if (m_pool.m_sleepers.endSearch() && going && m_pool.anyWork()) {
                m_pool.m_sleepers.wakeOne();
            }
        }
        if (cell != nullptr) {
            runAgent(m_pool.m_core, *m_context, *cell);
        } else if (going) {
            m_pool.m_board.help(*m_context);
        }
    }
    ThreadContext::enter(nullptr);
}

WorkerPool::WorkerPool(Core& core, std::uint32_t workers) : m_core(core)
{
    for (std::uint32_t i = 0; i < std::clamp(workers, 1U, kMost); ++i) {
        m_workers.push_back(std::make_unique<Worker>(*this, core.contexts.add(), i));
    }
}

WorkerPool::~WorkerPool()
{
    stop();
}

void WorkerPool::start()
{
    for (auto& worker : m_workers) {
        worker->m_thread = NamedThread(
            fmt::format("muster-work-{}", worker->m_number),
            [each = worker.get()] { each->loop(); }, ThreadPriority::background);
    }
}

void WorkerPool::stop()
{
    m_stopping.store(true, std::memory_order_seq_cst);
    m_sleepers.wakeAll(size());
    for (auto& worker : m_workers) {
        worker->m_thread.join();
    }
}

void WorkerPool::inject(Cell& cell)
{
    Cell* one = &cell;
    injectMany(&one, 1);
    m_sleepers.wakeOne();
}

void WorkerPool::injectAll(Cell* const* cells, std::uint32_t count)
{
    injectMany(cells, count);
    m_sleepers.wakeOne();  // who takes some of them wakes the next
}

void WorkerPool::share(SharedWork& work)
{
    m_board.offer(work);
    m_sleepers.wakeOne();  // who comes while there are seats left wakes the next
}

void WorkerPool::sharedPieceDone(SharedWork& work)
{
    m_board.pieceDone(work);
    if (m_board.wanted()) {
        m_sleepers.wakeOne();
    }
}

void WorkerPool::again(ThreadContext& context, Cell& cell, const TurnEnd& end)
{
    context.worker->again(cell, end);
}

bool WorkerPool::bringTogether(Worker& here, Cell& cell, const Cell& feeder)
{
    if (here.hasWork()) {
        return false;  // this core is needed as it is
    }
    for (const auto& there : m_workers) {
        if (there.get() != &here &&
            there->context().running.load(std::memory_order_relaxed) == &feeder) {
            return there->m_own.offer(cell, [&] { return m_sleepers.isAsleep(there->m_number); });
        }
    }
    return false;
}

void WorkerPool::injectMany(Cell* const* cells, std::uint32_t count)
{
    for (std::uint32_t i = 0; i + 1 < count; ++i) {
        cells[i]->nextReady = cells[i + 1];
    }
    cells[count - 1]->nextReady = nullptr;
    const std::lock_guard lock(m_mutex);
    (m_first == nullptr ? m_first : m_last->nextReady) = cells[0];
    m_last = cells[count - 1];
    m_injected.store(m_injected.load(std::memory_order_relaxed) + count, std::memory_order_seq_cst);
}

std::uint32_t WorkerPool::takeInjected(Cell** out, std::uint32_t most)
{
    if (m_injected.load(std::memory_order_relaxed) == 0) {
        return 0;
    }
    const std::lock_guard lock(m_mutex);
    const std::uint32_t there = m_injected.load(std::memory_order_relaxed);
    const std::uint32_t count = std::min({most, there, there / size() + 1});
    for (std::uint32_t i = 0; i < count; ++i) {
        out[i] = m_first;
        m_first = m_first->nextReady;
    }
    m_injected.store(there - count, std::memory_order_seq_cst);
    return count;
}

void WorkerPool::rescueNext(std::uint32_t worker)
{
    if (m_sleepers.anyAsleep()) {
        m_workers[worker]->m_own.rescue([this](Cell& cell) { inject(cell); });
    }
}

bool WorkerPool::anyWork() const noexcept
{
    return m_injected.load(std::memory_order_seq_cst) != 0 || m_board.wanted() ||
           std::ranges::any_of(m_workers, [](const auto& worker) {
               return !worker->m_queue.empty() || worker->m_own.hasOffer();
           });
}

}  // namespace muster::detail
