// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "base/spin_lock.h"
#include "events/publisher.h"
#include "messaging/event_bus.h"
#include "runtime/runtime.h"

namespace muster::bench {

/// The value of a result; a benchmark whose parts fail has no figure.
template <class T>
[[nodiscard]] T must(Result<T> result)
{
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().text().c_str());
        std::abort();
    }
    return std::move(result).value();
}

inline void must(const Result<void>& result)
{
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().text().c_str());
        std::abort();
    }
}

/// The runtime as the engine wires it: events on a bus, metrics counted, two workers.
/// Thread safety: as its parts.
struct World {
    explicit World(std::uint32_t workers = 2)
    {
        RuntimeOptions options;
        options.workers = workers;
        options.events = &publisher;
        options.metrics = &metrics;
        runtime = must(Runtime::create(options));
        bus.attach(*runtime);
    }
    ~World()
    {
        bus.detach();
        runtime.reset();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] TypeId type(const char* name) { return must(types.intern(name)); }
    [[nodiscard]] static std::vector<TopicPattern> pattern(const char* text)
    {
        return {must(TopicPattern::parse(text))};
    }

    MetricRegistry metrics;
    TypeRegistry types;
    EventPool pool;
    EventBus bus{types, metrics};
    Publisher publisher{bus, types, pool, systemClock()};
    std::unique_ptr<Runtime> runtime;
};

/// Something that the measuring thread waits for. Thread safety: any thread adds, one awaits.
class Count {
public:
    void add(std::uint64_t by = 1) noexcept
    {
        m_value.fetch_add(by, std::memory_order_seq_cst);
        if (m_sleeps.load(std::memory_order_seq_cst) != 0) {
            m_sleeps.store(0, std::memory_order_seq_cst);
            m_sleeps.notify_one();
        }
    }
    [[nodiscard]] std::uint64_t value() const noexcept
    {
        return m_value.load(std::memory_order_acquire);
    }
    /// For a round trip: spins, since a sleeper's waking would be measured with it.
    void await(std::uint64_t value) const noexcept
    {
        for (int spins = 0; this->value() < value; ++spins) {
            spins < kSpins ? relaxCore() : std::this_thread::yield();
        }
    }
    /// For the end of many operations: leaves the core to the workers.
    void sleepUntil(std::uint64_t value) const noexcept
    {
        while (this->value() < value) {
            m_sleeps.store(1, std::memory_order_seq_cst);
            if (m_value.load(std::memory_order_seq_cst) < value) {
                m_sleeps.wait(1, std::memory_order_seq_cst);
            }
        }
    }

private:
    static constexpr int kSpins = 2000;
    std::atomic<std::uint64_t> m_value{0};
    mutable std::atomic<int> m_sleeps{0};
};

}  // namespace muster::bench
