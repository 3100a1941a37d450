// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/monitors.h"

#include "runtime/internal/core.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"

namespace muster::detail {

bool Monitors::watch(AgentId target, AgentId watcher)
{
    return add(target, {watcher, nullptr});
}

bool Monitors::watch(AgentId target, std::shared_ptr<Callback> callback)
{
    return add(target, {AgentId{}, std::move(callback)});
}

bool Monitors::add(AgentId target, Watcher watcher)
{
    // The mark is set under the lock: an agent that ends and sees it waits for the entry.
    const std::lock_guard lock(m_mutex);
    Cell* cell = m_core.slots.find(target);
    if (cell == nullptr || !order(*cell, target, control::kWatched)) {
        return false;
    }
    m_watchers[target].push_back(std::move(watcher));
    return true;
}

void Monitors::forget(AgentId target, AgentId watcher)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_watchers.find(target); found != m_watchers.end()) {
        std::erase_if(found->second,
                      [watcher](const Watcher& each) { return each.agent == watcher; });
        if (found->second.empty()) {
            m_watchers.erase(found);
        }
    }
}

void Monitors::tell(ThreadContext& context, const AgentEnded& ended)
{
    std::vector<Watcher> watchers;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_watchers.find(ended.id);
        if (found == m_watchers.end()) {
            return;
        }
        watchers = std::move(found->second);
        m_watchers.erase(found);
    }
    for (const Watcher& watcher : watchers) {
        if (watcher.callback != nullptr) {
            (*watcher.callback)(ended);
        } else if (m_core.slots.find(watcher.agent) != nullptr) {
            Envelope* envelope = makeEnvelope(context, AgentEnded(ended));
            envelope->address(EnvelopeKind::system, 0);
            static_cast<void>(post(context, watcher.agent, envelope));
        }
    }
}

void Monitors::noteText(AgentId id, std::string text)
{
    const std::lock_guard lock(m_mutex);
    m_texts.try_emplace(id, std::move(text));
}

std::string Monitors::takeText(AgentId id)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_texts.find(id);
    if (found == m_texts.end()) {
        return {};
    }
    std::string text = std::move(found->second);
    m_texts.erase(found);
    return text;
}

}  // namespace muster::detail
