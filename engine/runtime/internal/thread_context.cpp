// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/thread_context.h"

#include <algorithm>

#include "runtime/internal/core.h"

namespace muster::detail {
namespace {

/// This thread's contexts as an outsider, in all runtimes it has talked to.
struct OutsideContexts {
    struct Entry {
        std::shared_ptr<CoreLink> link;
        std::shared_ptr<ThreadContext> context;
    };
    std::vector<Entry> entries;

    OutsideContexts() = default;
    OutsideContexts(const OutsideContexts&) = delete;
    OutsideContexts& operator=(const OutsideContexts&) = delete;
    ~OutsideContexts()
    {
        ThreadContext::enter(nullptr);
        for (const Entry& entry : entries) {
            const std::lock_guard lock(entry.link->mutex);
            if (entry.link->core != nullptr) {
                entry.link->core->contexts.remove(*entry.context);
            }
        }
    }
};

}  // namespace

thread_local constinit ThreadContext* t_context = nullptr;

ThreadContext::ThreadContext(Core& owner, std::uint16_t index)
    : core(&owner), number(index), blocks(owner.blocks), slots(owner.slots)
{
}

ThreadContext& ThreadContext::find(Core& core)
{
    thread_local OutsideContexts outside;
    std::erase_if(outside.entries, [](const OutsideContexts::Entry& entry) {
        const bool gone = entry.context->core.load(std::memory_order_acquire) == nullptr;
        if (gone && t_context == entry.context.get()) {
            t_context = nullptr;
        }
        return gone;
    });
    auto found = std::ranges::find_if(outside.entries, [&core](const auto& entry) {
        return entry.context->core.load(std::memory_order_relaxed) == &core;
    });
    if (found == outside.entries.end()) {
        outside.entries.push_back({core.contexts.link(), core.contexts.add()});
        found = outside.entries.end() - 1;
    }
    ThreadContext& context = *found->context;
    if (t_context == nullptr || t_context->worker == nullptr) {
        t_context = &context;  // quicker next time; a worker stays its own runtime's
    }
    return context;
}

ContextTable::ContextTable(Core& core) : m_core(core), m_link(std::make_shared<CoreLink>())
{
    m_link->core = &core;
}

ContextTable::~ContextTable()
{
    {
        const std::lock_guard lock(m_link->mutex);
        m_link->core = nullptr;
    }
    for (const auto& context : m_contexts) {
        context->core.store(nullptr, std::memory_order_release);
    }
}

std::shared_ptr<ThreadContext> ContextTable::add()
{
    const std::lock_guard lock(m_mutex);
    auto context = std::make_shared<ThreadContext>(m_core, m_next++);
    m_contexts.push_back(context);
    return context;
}

void ContextTable::remove(ThreadContext& context)
{
    context.blocks.clear();
    context.slots.clear();
    const std::lock_guard lock(m_mutex);
    m_gone.addAll(context.counters);
    std::erase_if(m_contexts, [&context](const auto& each) { return each.get() == &context; });
}

std::uint64_t ContextTable::sum(Count count) const
{
    const std::lock_guard lock(m_mutex);
    std::uint64_t total = m_gone.read(count);
    for (const auto& context : m_contexts) {
        total += context->counters.read(count);
    }
    return total;
}

std::uint64_t ContextTable::running() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<std::uint64_t>(std::ranges::count_if(m_contexts, [](const auto& context) {
        return context->running.load(std::memory_order_relaxed) != nullptr;
    }));
}

}  // namespace muster::detail
