// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread.h"
#include "runtime/internal/executor.h"
#include "runtime/internal/own_work.h"
#include "runtime/internal/run_queue.h"
#include "runtime/internal/sleepers.h"
#include "runtime/internal/time_slice.h"

namespace muster::detail {

class WorkerPool;

/// One worker thread. What a message makes ready goes to the run-next slot, so that a
/// conversation stays in one core's cache; what it displaces goes to the queue, where idle
/// workers find it.
///
/// A conversation may also be a stream. Two cores that pass each other messages of little work
/// are several times slower than one that does both parts. So a sender that gives way to its
/// receiver, and a receiver whose turn was too short for what came, are kept out of the queue as
/// long as each message costs little; and a receiver on the wrong core is offered to the right
/// one. What is kept has to let others go first as the run-next slot does.
/// Thread safety: makeReady by its own thread; the rest by the pool.
class alignas(kCacheLine) Worker {
public:
    Worker(WorkerPool& pool, std::shared_ptr<ThreadContext> context, std::uint32_t number);

    void makeReady(Cell& cell)
    {
        if (m_own.isNextFree()) {
            m_own.setNext(cell);
        } else {
            displace(cell);
        }
    }
    /// Its turn is over and it has more to do.
    void again(Cell& cell, const TurnEnd& end);
    /// To the queue, where others may take it.
    void queue(Cell& cell);
    /// Lets others have what waits in the run-next slot: this worker will be busy for a while.
    void shareNext();

    [[nodiscard]] ThreadContext& context() noexcept { return *m_context; }

private:
    friend class WorkerPool;

    void displace(Cell& cell);
    void loop();
    [[nodiscard]] Cell* find();
    [[nodiscard]] bool mayTakeNext();
    [[nodiscard]] bool sendsCheaply(Cell& sender) const;
    [[nodiscard]] bool hasWork() const noexcept { return m_own.any() || !m_queue.empty(); }
    [[nodiscard]] Cell* search();
    [[nodiscard]] Cell* stealFrom(Worker& victim);
    [[nodiscard]] Cell* takeInjected();
    [[nodiscard]] bool sleep();

    static constexpr Duration kLongestFromNext = std::chrono::microseconds(20);
    /// Below this for each message sent, the receiver's work included, one core is faster.
    static constexpr Duration kCheapSend = std::chrono::microseconds(1);
    static constexpr std::uint32_t kLookOutside = 61;  ///< turns between looks at the injector

    OwnWork m_own;
    TimeSlice m_fromNext{kLongestFromNext};
    std::uint32_t m_nextLeft = TimeSlice::kFirst;  // until the next look at the clock
    std::uint32_t m_turns = 0;
    RunQueue m_queue;
    WorkerPool& m_pool;
    std::shared_ptr<ThreadContext> m_context;
    const std::uint32_t m_number;
    NamedThread m_thread;
};

/// N workers that share their work by stealing. A worker that finds nothing sleeps; it is woken
/// by what goes to a queue while no other is searching, never by a run-next slot.
class WorkerPool final : public Executor {
public:
    static constexpr std::uint32_t kMost = Sleepers::kMost;

    WorkerPool(Core& core, std::uint32_t workers);
    ~WorkerPool() override;

    void inject(Cell& cell) override;
    void injectAll(Cell* const* cells, std::uint32_t count) override;
    void share(SharedWork& work) override;
    void sharedPieceDone(SharedWork& work) override;
    void unshare(SharedWork& work) override { m_board.withdraw(work); }
    void again(ThreadContext& context, Cell& cell, const TurnEnd& end) override;
    [[nodiscard]] std::uint32_t budget() override { return TimeSlice::kFirst; }
    void start() override;
    void stop() override;

    [[nodiscard]] std::uint32_t size() const noexcept
    {
        return static_cast<std::uint32_t>(m_workers.size());
    }
    [[nodiscard]] ThreadContext& context(std::uint32_t worker) noexcept
    {
        return m_workers[worker]->context();
    }
    /// For the watchdog: what `worker` has kept for itself is put where idle ones find it.
    void rescueNext(std::uint32_t worker);

private:
    friend class Worker;
    static constexpr std::uint32_t kInjectedBatch = 64;

    [[nodiscard]] bool bringTogether(Worker& here, Cell& cell, const Cell& feeder);
    void injectMany(Cell* const* cells, std::uint32_t count);
    [[nodiscard]] std::uint32_t takeInjected(Cell** out, std::uint32_t most);
    [[nodiscard]] bool anyWork() const noexcept;

    Core& m_core;
    std::vector<std::unique_ptr<Worker>> m_workers;
    std::atomic<bool> m_stopping{false};
    WorkBoard m_board;

    Sleepers m_sleepers;

    alignas(kCacheLine) std::mutex m_mutex;
    Cell* m_first = nullptr;  // guarded by m_mutex, as the next
    Cell* m_last = nullptr;
    std::atomic<std::uint32_t> m_injected{0};  // written under m_mutex
};

}  // namespace muster::detail
