// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "runtime/internal/thread_context.h"
#include "runtime/message.h"

namespace muster::detail {

class Core;

/// Who wants to know when an agent has ended, and the texts of reasons, for the few agents that
/// have either. Thread safety: any thread.
class Monitors {
public:
    using Callback = std::function<void(const AgentEnded&)>;

    explicit Monitors(Core& core) noexcept : m_core(core) {}

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
        AgentId agent;
        std::shared_ptr<Callback> callback;
    };
    [[nodiscard]] bool add(AgentId target, Watcher watcher);

    Core& m_core;
    std::mutex m_mutex;  // guards what follows
    std::unordered_map<AgentId, std::vector<Watcher>> m_watchers;
    std::unordered_map<AgentId, std::string> m_texts;
};

}  // namespace muster::detail
