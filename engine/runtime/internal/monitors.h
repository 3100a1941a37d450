// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/spin_lock.h"
#include "runtime/internal/thread_context.h"
#include "runtime/message.h"

namespace muster::detail {

class Core;

/// Who wants to know when an agent has ended, and the texts of reasons, for the agents that
/// have either. Watchers hang in chains by the agent they watch, in stripes by its slot: an agent
/// that creates others and waits for their ends does little else here than take a lock twice.
/// Thread safety: any thread.
class Monitors {
public:
    using Callback = std::function<void(const AgentEnded&)>;

    explicit Monitors(Core& core) noexcept : m_core(core) {}
    Monitors(const Monitors&) = delete;
    Monitors& operator=(const Monitors&) = delete;
    ~Monitors();

    /// False: `target` is gone already; nothing was noted.
    [[nodiscard]] bool watch(AgentId target, AgentId watcher);
    [[nodiscard]] bool watch(AgentId target, std::shared_ptr<Callback> callback);
    void forget(AgentId target, AgentId watcher);
    /// The agent's worker, once no later watch() can succeed.
    void tell(ThreadContext& context, const AgentEnded& ended);

    void noteText(AgentId id, std::string text);
    [[nodiscard]] std::string takeText(AgentId id);

private:
    struct Watcher {
        AgentId target;
        AgentId agent;
        std::shared_ptr<Callback> callback;
        Watcher* next;
    };
    struct alignas(kCacheLine) Stripe {
        SpinLock lock;                 // guards what follows
        std::vector<Watcher*> chains;  // as many as a power of two, or none
        std::size_t watchers = 0;
        Watcher* spare = nullptr;  // for the next ones, up to kSpares
        std::size_t spares = 0;
    };
    static constexpr std::size_t kStripes = 16;
    static constexpr std::size_t kFirstChains = 16;
    static constexpr std::size_t kSpares = 64;

    [[nodiscard]] Stripe& stripeOf(AgentId target) noexcept
    {
        return m_stripes[target.slot % kStripes];
    }
    [[nodiscard]] static Watcher*& chainOf(Stripe& stripe, AgentId target) noexcept
    {
        return stripe.chains[target.slot / kStripes % stripe.chains.size()];
    }
    static void grow(Stripe& stripe);
    /// The watchers of `target` that `which` holds for, out of their chain, oldest first.
    template <class Which>
    [[nodiscard]] static Watcher* unchain(Stripe& stripe, AgentId target, Which which) noexcept;
    static void recycle(Stripe& stripe, Watcher* chain) noexcept;
    [[nodiscard]] bool add(AgentId target, AgentId agent, std::shared_ptr<Callback> callback);
    void tellOne(ThreadContext& context, const Watcher& watcher, const AgentEnded& ended);

    Core& m_core;
    std::array<Stripe, kStripes> m_stripes;

    std::mutex m_textMutex;  // guards m_texts
    std::unordered_map<AgentId, std::string> m_texts;
};

}  // namespace muster::detail
