// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/spin_lock.h"
#include "runtime/envelope.h"
#include "runtime/scheduler.h"
#include "runtime/timer_wheel.h"

namespace muster::detail {

class Core;
class ThreadContext;

/// All timers of a runtime: deadlines of requests and co_await delay(), messages sent later, and
/// the scheduler's callbacks. Sharded by thread, so that setting and cancelling a deadline
/// costs one uncontended lock. Someone drives it: the service thread or the simulation.
/// Thread safety: any thread; fireDue() by the driver.
class Timers {
public:
    enum class Kind : std::uint16_t { answer, outsideAsk, message, callback };

    Timers(Core& core, std::uint32_t shards);
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;
    ~Timers();

    /// `owner` and `number` come back when it is due. The node must be cancelled before it goes.
    void set(ThreadContext& context, TimerNode& node, Kind kind, std::uint64_t owner,
             std::uint64_t number, MonoTime deadline);
    /// When it returns, the node is not looked at any more.
    void cancel(TimerNode& node) noexcept;

    [[nodiscard]] TimerId message(ThreadContext& context, Duration delay, AgentId from, AgentId to,
                                  Envelope* envelope);
    [[nodiscard]] TimerId callback(std::string name, Duration delay, std::optional<Duration> period,
                                   std::function<void()> fn);
    void cancel(TimerId id);

    /// Fires all that is due at `now`; callbacks run on this thread.
    void fireDue(MonoTime now);
    [[nodiscard]] std::optional<MonoTime> earliest() const;
    /// Whether anything but periodic callbacks is pending.
    [[nodiscard]] bool anyOneOff() const;
    /// Called on any thread when a timer was set that is due before the time given to it last.
    void onEarlier(std::function<void()> notify) { m_notify = std::move(notify); }
    void sleepsUntil(MonoTime time) noexcept
    {
        m_sleepsUntil.store(time.nanoseconds, std::memory_order_seq_cst);
    }
    [[nodiscard]] std::string running() const;

private:
    struct alignas(64) Shard {
        mutable SpinLock lock;
        TimerWheel wheel;  // guarded by lock
    };
    struct Record {
        TimerNode node;
        AgentId from;
        AgentId to;
        Envelope* envelope = nullptr;
        std::string name;
        std::optional<Duration> period;
        std::shared_ptr<std::function<void()>> fn;
    };
    struct Due {
        Kind kind;
        std::uint64_t owner;
        std::uint64_t number;
        MonoTime deadline;
    };

    [[nodiscard]] std::unique_ptr<Record> takeRecord(std::uint64_t number);
    void schedule(ThreadContext& context, Record& record, std::uint64_t id, Kind kind,
                  MonoTime deadline);
    void fire(const Due& due, MonoTime now);
    void fireMessage(std::uint64_t id);
    void fireCallback(std::uint64_t id, MonoTime deadline, MonoTime now);

    Core& m_core;
    std::vector<Shard> m_shards;
    std::atomic<std::int64_t> m_sleepsUntil{INT64_MIN};
    std::function<void()> m_notify;

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_callbackDone;
    std::unordered_map<std::uint64_t, std::unique_ptr<Record>> m_records;
    std::uint64_t m_nextRecord = 1;
    std::uint64_t m_runningId = 0;
    std::string m_runningName;
    std::thread::id m_runningThread;
};

}  // namespace muster::detail
