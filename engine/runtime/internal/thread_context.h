// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread_slot.h"
#include "runtime/internal/block_pool.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/counters.h"
#include "runtime/internal/slot_table.h"

namespace muster::detail {

class Core;
class Worker;
struct AgentGroup;
struct AgentOps;

/// What one thread keeps for one runtime: its stocks, its counters, and what it is running. A
/// worker has one for life; any other thread gets one when it first talks to the runtime and
/// loses it when the thread or the runtime ends, whichever is first.
/// Thread safety: its thread only, but for the counters' and the atomics' readers.
class alignas(kCacheLine) ThreadContext {
public:
    ThreadContext(Core& core, std::uint16_t number);
    ThreadContext(const ThreadContext&) = delete;
    ThreadContext& operator=(const ThreadContext&) = delete;

    /// The calling thread's context in the runtime it works for now; null outside.
    [[nodiscard]] static ThreadContext* current() noexcept { return t_context; }
    /// The context that this thread has, or now gets, in `core`.
    [[nodiscard]] static ThreadContext& in(Core& core)
    {
        ThreadContext* context = t_context;
        return context != nullptr && context->core.load(std::memory_order_relaxed) == &core
                   ? *context
                   : find(core);
    }
    /// Makes `context` current on this thread until it is told otherwise.
    static void enter(ThreadContext* context) noexcept { t_context = context; }

    /// The runtime, for code that runs inside it.
    [[nodiscard]] Core& owner() const noexcept { return *core.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t nextRequest() noexcept
    {
        return (std::uint64_t{number} << 40) | (++m_requests & ((std::uint64_t{1} << 40) - 1));
    }

    /// The groups of plainly made agents that this thread used last.
    [[nodiscard]] AgentGroup* plainGroup(const AgentOps& ops, bool repeatable) const noexcept
    {
        const PlainGroup& known = m_plain[placeOf(ops)];
        return known.ops == &ops && known.repeatable == repeatable ? known.group : nullptr;
    }
    void rememberPlainGroup(const AgentOps& ops, bool repeatable, AgentGroup& group) noexcept
    {
        m_plain[placeOf(ops)] = {&ops, &group, repeatable};
    }

    std::atomic<Core*> core;     ///< null once the runtime has gone
    const std::uint16_t number;  ///< workers first, then others in the order they came
    Worker* worker = nullptr;    ///< null: not a worker
    BlockStock blocks;
    SlotStock slots;
    CounterShard counters;

    // What runs here now; the watchdog reads the atomics.
    std::atomic<Cell*> running{nullptr};
    std::atomic<const MessageType*> message{nullptr};
    std::atomic<std::uint64_t> step{0};  ///< grows with each message: the same twice is a stall
    Envelope* envelope = nullptr;        ///< being handled
    std::uint32_t sends = 0;             ///< in this activation

private:
    [[nodiscard]] static ThreadContext& find(Core& core);

    struct PlainGroup {
        const AgentOps* ops = nullptr;
        AgentGroup* group = nullptr;
        bool repeatable = false;
    };
    [[nodiscard]] static std::size_t placeOf(const AgentOps& ops) noexcept
    {
        return (reinterpret_cast<std::uintptr_t>(&ops) >> 4) % 8;
    }

    std::array<PlainGroup, 8> m_plain{};
    std::uint64_t m_requests = 0;
};

/// Stands between a thread's contexts and a runtime that may end before it.
struct CoreLink {
    std::mutex mutex;
    Core* core = nullptr;  // guarded by mutex; null once it has gone
};

/// The contexts of a runtime. Thread safety: any thread.
class ContextTable {
public:
    explicit ContextTable(Core& core);
    ContextTable(const ContextTable&) = delete;
    ContextTable& operator=(const ContextTable&) = delete;
    /// No thread uses a context of this runtime any more; those that still exist learn of it.
    ~ContextTable();

    [[nodiscard]] std::shared_ptr<ThreadContext> add();
    /// Takes back its stocks and keeps its counts.
    void remove(ThreadContext& context);
    [[nodiscard]] std::uint64_t sum(Count count) const;
    /// How many of them run an agent right now.
    [[nodiscard]] std::uint64_t running() const;
    [[nodiscard]] std::shared_ptr<CoreLink> link() const noexcept { return m_link; }

private:
    Core& m_core;
    std::shared_ptr<CoreLink> m_link;
    mutable std::mutex m_mutex;
    std::vector<std::shared_ptr<ThreadContext>> m_contexts;  // guarded by m_mutex
    CounterShard m_gone;                                     // guarded by m_mutex
    std::uint16_t m_next = 0;                                // guarded by m_mutex
};

}  // namespace muster::detail
