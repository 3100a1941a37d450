// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/internal/worker_pool.h"

namespace muster::detail {

class Core;

/// Looks at the workers every few milliseconds: reports a handler that holds its worker beyond
/// the threshold, once, with the agent, the message and the time; lets idle workers have what
/// a busy one keeps to itself; and keeps the coarse time that messages are stamped with.
/// Thread safety: start and stop by the owner.
class Watchdog {
public:
    Watchdog(Core& core, WorkerPool& workers);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    void start();
    void stop();

private:
    struct Seen {
        std::uint64_t step = 0;
        Cell* cell = nullptr;
        MonoTime since;
        bool reported = false;
    };

    void loop();
    void look(std::uint32_t worker, Seen& seen, MonoTime now);
    void report(std::uint32_t worker, const Cell& cell, Duration held);

    static constexpr Duration kPeriod = std::chrono::milliseconds(10);

    Core& m_core;
    WorkerPool& m_workers;
    std::mutex m_mutex;  // guards m_stopping
    std::condition_variable m_stop;
    bool m_stopping = false;
    NamedThread m_thread;
};

}  // namespace muster::detail
