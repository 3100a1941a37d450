// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/monitors.h"

#include <algorithm>
#include <utility>

#include "runtime/internal/core.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"

namespace muster::detail {

Monitors::~Monitors()
{
    for (Stripe& stripe : m_stripes) {
        stripe.chains.push_back(stripe.spare);
        for (Watcher* chain : stripe.chains) {
            while (chain != nullptr) {
                delete std::exchange(chain, chain->next);
            }
        }
    }
}

bool Monitors::watch(AgentId target, AgentId watcher)
{
    return add(target, watcher, nullptr);
}

bool Monitors::watch(AgentId target, std::shared_ptr<Callback> callback)
{
    return add(target, AgentId{}, std::move(callback));
}

bool Monitors::add(AgentId target, AgentId agent, std::shared_ptr<Callback> callback)
{
    Stripe& stripe = stripeOf(target);
    // The mark is set under the lock: an agent that ends and sees it waits for the entry.
    const std::lock_guard lock(stripe.lock);
    Cell* cell = m_core.slots.find(target);
    if (cell == nullptr || !order(*cell, target, control::kWatched)) {
        return false;
    }
    if (stripe.watchers++ == stripe.chains.size()) {
        grow(stripe);
    }
    Watcher*& chain = chainOf(stripe, target);
    if (Watcher* spare = stripe.spare) {
        stripe.spare = spare->next;
        --stripe.spares;
        *spare = {target, agent, std::move(callback), chain};
        chain = spare;
    } else {
        chain = new Watcher{target, agent, std::move(callback), chain};
    }
    return true;
}

void Monitors::grow(Stripe& stripe)
{
    const std::vector<Watcher*> before = std::exchange(
        stripe.chains, std::vector<Watcher*>(std::max(kFirstChains, 2 * stripe.chains.size())));
    for (Watcher* chain : before) {
        // Newest first, here and there: what is taken last must be the newest again.
        Watcher* oldestFirst = nullptr;
        while (chain != nullptr) {
            Watcher* watcher = std::exchange(chain, chain->next);
            watcher->next = std::exchange(oldestFirst, watcher);
        }
        while (oldestFirst != nullptr) {
            Watcher* watcher = std::exchange(oldestFirst, oldestFirst->next);
            watcher->next = std::exchange(chainOf(stripe, watcher->target), watcher);
        }
    }
}

template <class Which>
Monitors::Watcher* Monitors::unchain(Stripe& stripe, AgentId target, Which which) noexcept
{
    Watcher* found = nullptr;
    if (stripe.chains.empty()) {
        return found;
    }
    for (Watcher** place = &chainOf(stripe, target); *place != nullptr;) {
        Watcher* watcher = *place;
        if (watcher->target == target && which(*watcher)) {
            *place = watcher->next;
            watcher->next = std::exchange(found, watcher);
            --stripe.watchers;
        } else {
            place = &watcher->next;
        }
    }
    return found;
}

void Monitors::recycle(Stripe& stripe, Watcher* chain) noexcept
{
    while (chain != nullptr) {
        Watcher* watcher = std::exchange(chain, chain->next);
        if (stripe.spares < kSpares) {
            watcher->next = std::exchange(stripe.spare, watcher);
            ++stripe.spares;
        } else {
            delete watcher;
        }
    }
}

void Monitors::forget(AgentId target, AgentId watcher)
{
    Stripe& stripe = stripeOf(target);
    const std::lock_guard lock(stripe.lock);
    recycle(stripe, unchain(stripe, target,
                            [watcher](const Watcher& each) { return each.agent == watcher; }));
}

void Monitors::tell(ThreadContext& context, const AgentEnded& ended)
{
    Stripe& stripe = stripeOf(ended.id);
    Watcher only{};
    Watcher* watchers = nullptr;
    {
        const std::lock_guard lock(stripe.lock);
        watchers = unchain(stripe, ended.id, [](const Watcher&) { return true; });
        if (watchers != nullptr && watchers->next == nullptr) {
            only = std::move(*watchers);
            recycle(stripe, std::exchange(watchers, nullptr));
        }
    }
    if (only.target) {
        tellOne(context, only, ended);
        return;
    }
    for (Watcher* each = watchers; each != nullptr; each = each->next) {
        tellOne(context, *each, ended);
        each->callback.reset();  // it may own what takes locks of its own when it goes
    }
    if (watchers != nullptr) {
        const std::lock_guard lock(stripe.lock);
        recycle(stripe, watchers);
    }
}

void Monitors::tellOne(ThreadContext& context, const Watcher& watcher, const AgentEnded& ended)
{
    if (watcher.callback != nullptr) {
        (*watcher.callback)(ended);
    } else if (m_core.slots.find(watcher.agent) != nullptr) {
        Envelope* envelope = makeEnvelope(context, AgentEnded(ended));
        envelope->address(EnvelopeKind::system, 0);
        static_cast<void>(post(context, watcher.agent, envelope));
    }
}

void Monitors::noteText(AgentId id, std::string text)
{
    const std::lock_guard lock(m_textMutex);
    m_texts.try_emplace(id, std::move(text));
}

std::string Monitors::takeText(AgentId id)
{
    const std::lock_guard lock(m_textMutex);
    const auto found = m_texts.find(id);
    if (found == m_texts.end()) {
        return {};
    }
    std::string text = std::move(found->second);
    m_texts.erase(found);
    return text;
}

}  // namespace muster::detail
