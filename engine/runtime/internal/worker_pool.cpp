// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/worker_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
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
    if (Cell* before = m_next.exchange(&cell, std::memory_order_acq_rel)) {
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
    m_pool.wakeOne();
}

void Worker::shareNext()
{
    if (Cell* cell = takeNext()) {
        queue(*cell);
    }
}

void Worker::again(Cell& cell, const TurnEnd& end)
{
    if (end.sentMuch) {
        if (sendsCheaply(cell) && hasWork() && keep(cell)) {
            return;
        }
    } else if (end.feeder != nullptr) {
        if (isKept(*end.feeder) ? keep(cell) : m_pool.bringTogether(*this, cell, *end.feeder)) {
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

bool Worker::keep(Cell& cell) noexcept
{
    for (const std::uint32_t place : {m_oldest, 1 - m_oldest}) {
        if (m_kept[place].load(std::memory_order_relaxed) == nullptr) {
            m_kept[place].store(&cell, std::memory_order_release);
            return true;
        }
    }
    return false;
}

bool Worker::isKept(const Cell& cell) const noexcept
{
    return m_kept[0].load(std::memory_order_relaxed) == &cell ||
           m_kept[1].load(std::memory_order_relaxed) == &cell;
}

bool Worker::hasWork() const noexcept
{
    return m_next.load(std::memory_order_relaxed) != nullptr || !m_queue.empty() ||
           m_offered.load(std::memory_order_relaxed) != nullptr ||
           m_kept[0].load(std::memory_order_relaxed) != nullptr ||
           m_kept[1].load(std::memory_order_relaxed) != nullptr;
}

bool Worker::offer(Cell& cell, const std::atomic<std::uint64_t>& asleep) noexcept
{
    Cell* none = nullptr;
    if (!m_offered.compare_exchange_strong(none, &cell, std::memory_order_seq_cst)) {
        return false;
    }
    // It may have gone to sleep meanwhile without seeing the offer: then it is taken back.
    return (asleep.load(std::memory_order_seq_cst) & (std::uint64_t{1} << m_number)) == 0 ||
           m_offered.exchange(nullptr, std::memory_order_seq_cst) == nullptr;
}

// Others may empty a place, never fill it.
Cell* Worker::take(std::atomic<Cell*>& place) noexcept
{
    return place.load(std::memory_order_relaxed) == nullptr
               ? nullptr
               : place.exchange(nullptr, std::memory_order_acq_rel);
}

Cell* Worker::takeOfConversation()
{
    if (Cell* cell = takeNext()) {
        return cell;
    }
    if (Cell* cell = take(m_kept[m_oldest])) {
        m_oldest = 1 - m_oldest;
        return cell;
    }
    return take(m_kept[1 - m_oldest]);
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
    if (Cell* offered = take(m_offered)) {
        makeReady(*offered);
    }
    if (mayTakeNext()) {
        if (Cell* cell = takeOfConversation()) {
            --m_nextLeft;
            return cell;
        }
    }
    m_fromNext.restart();
    m_nextLeft = TimeSlice::kFirst;
    if (Cell* cell = m_queue.pop()) {
        return cell;
    }
    if (Cell* cell = takeOfConversation()) {
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

bool Worker::park()
{
    const std::uint64_t bit = std::uint64_t{1} << m_number;
    m_wake.store(0, std::memory_order_relaxed);
    m_pool.m_asleep.fetch_or(bit, std::memory_order_seq_cst);
    m_pool.m_searching.fetch_sub(1, std::memory_order_seq_cst);
    // What came while this worker was still searching woke nobody.
    if ((m_pool.anyWork() || m_pool.m_stopping.load(std::memory_order_seq_cst)) &&
        (m_pool.m_asleep.fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0) {
        m_pool.m_searching.fetch_add(1, std::memory_order_seq_cst);
        return !m_pool.m_stopping.load(std::memory_order_seq_cst);
    }
    // Else whoever cleared the bit counts this worker as searching already.
    m_wake.wait(0, std::memory_order_acquire);
    return !m_pool.m_stopping.load(std::memory_order_seq_cst);
}

void Worker::wake() noexcept
{
    // Sequentially consistent: notify_one() wakes nobody when it sees no waiter, so the store
    // must not be held back behind that look.
    m_wake.store(1, std::memory_order_seq_cst);
    m_wake.notify_one();
}

void Worker::loop()
{
    ThreadContext::enter(m_context.get());
    bool going = true;
    while (going) {
        Cell* cell = find();
        if (cell == nullptr) {
            m_pool.m_searching.fetch_add(1, std::memory_order_seq_cst);
            while ((cell = search()) == nullptr && !m_pool.m_board.wanted() && (going = park())) {
            }
            // The last to stop searching looks whether there is more than it can do itself.
            if (m_pool.m_searching.fetch_sub(1, std::memory_order_seq_cst) == 1 && going &&
                m_pool.anyWork()) {
                m_pool.wakeOne();
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
    for (auto& worker : m_workers) {
        m_asleep.fetch_and(~(std::uint64_t{1} << worker->m_number), std::memory_order_seq_cst);
        worker->wake();
    }
    for (auto& worker : m_workers) {
        worker->m_thread.join();
    }
}

void WorkerPool::inject(Cell& cell)
{
    Cell* one = &cell;
    injectMany(&one, 1);
    wakeOne();
}

void WorkerPool::injectAll(Cell* const* cells, std::uint32_t count)
{
    injectMany(cells, count);
    wakeOne();  // who takes some of them wakes the next
}

void WorkerPool::share(SharedWork& work)
{
    m_board.offer(work);
    wakeOne();  // who comes while there are seats left wakes the next
}

void WorkerPool::sharedPieceDone(SharedWork& work)
{
    m_board.pieceDone(work);
    if (m_board.wanted()) {
        wakeOne();
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
            return there->offer(cell, m_asleep);
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

void WorkerPool::wakeOne()
{
    if (m_asleep.load(std::memory_order_seq_cst) == 0 ||
        m_searching.load(std::memory_order_seq_cst) != 0) {
        return;
    }
    std::uint64_t asleep = m_asleep.load(std::memory_order_seq_cst);
    while (asleep != 0) {
        const std::uint64_t bit = asleep & (0 - asleep);
        if (m_asleep.compare_exchange_weak(asleep, asleep & ~bit, std::memory_order_seq_cst)) {
            m_searching.fetch_add(1, std::memory_order_seq_cst);
            m_workers[static_cast<std::size_t>(std::countr_zero(bit))]->wake();
            return;
        }
    }
}

void WorkerPool::rescueNext(std::uint32_t worker)
{
    if (m_asleep.load(std::memory_order_seq_cst) == 0) {
        return;
    }
    Worker& stuck = *m_workers[worker];
    for (std::atomic<Cell*>* place :
         {&stuck.m_next, &stuck.m_offered, &stuck.m_kept[0], &stuck.m_kept[1]}) {
        if (Cell* cell = Worker::take(*place)) {
            inject(*cell);
        }
    }
}

bool WorkerPool::anyWork() const noexcept
{
    return m_injected.load(std::memory_order_seq_cst) != 0 || m_board.wanted() ||
           std::ranges::any_of(m_workers, [](const auto& worker) {
               return !worker->m_queue.empty() ||
                      worker->m_offered.load(std::memory_order_seq_cst) != nullptr;
           });
}

}  // namespace muster::detail
