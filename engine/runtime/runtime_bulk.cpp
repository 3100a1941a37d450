// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/done_ids.h"
#include "runtime/internal/engine_parts.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"
#include "runtime/internal/ready_batch.h"
#include "runtime/runtime.h"

namespace muster {

using detail::Cell;
using detail::ReadyBatch;
using detail::ThreadContext;
namespace control = detail::control;

namespace {

[[nodiscard]] Error notAlive(AgentId id)
{
    return {ErrorCode::notFound, "no such agent", toString(id), ""};
}

[[nodiscard]] Error alreadyEnds(AgentId id)
{
    return {ErrorCode::conflict, "the agent ends already", toString(id), ""};
}

[[nodiscard]] bool ends(const Cell* cell) noexcept
{
    return cell != nullptr && (cell->control.load(std::memory_order_seq_cst) & control::kEnd) != 0;
}

}  // namespace

std::vector<AgentId> Runtime::suspendMany(std::span<const AgentId> ids)
{
    return setSuspendedMany(ids, true);
}

std::vector<AgentId> Runtime::resumeMany(std::span<const AgentId> ids)
{
    return setSuspendedMany(ids, false);
}

std::vector<AgentId> Runtime::setSuspendedMany(std::span<const AgentId> ids, bool suspended)
{
    std::vector<AgentId> changed;
    for (const AgentId id : ids) {
        const auto set = setSuspended(id, suspended);
        if (set && *set) {
            changed.push_back(id);
        }
    }
    if (changed.size() == 1) {
        detail::notice::suspended(*m_core, changed.front(), !suspended);
    } else if (!changed.empty()) {
        detail::notice::suspendedMany(*m_core, changed, !suspended);
    }
    for (const AgentId id : changed) {
        wakeUp(id);
    }
    return changed;
}

BulkDone Runtime::stopMany(std::span<const AgentId> ids, EndReason reason)
{
    ThreadContext& from = context();
    BulkDone stopped;
    {
        ReadyBatch ready(from);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            // One that ends already was announced by who ended it.
            if (ends(m_core->slots.find(ids[i]))) {
                stopped.failures.push_back({i, alreadyEnds(ids[i])});
            } else if (detail::orderEnd(from, ids[i], control::kStop | control::kQuiet, reason,
                                        ready)) {
                ++stopped.done;
            } else {
                stopped.failures.push_back({i, notAlive(ids[i])});
            }
        }
    }
    const detail::DoneIds done(stopped, ids);
    detail::notice::endedMany(*m_core, done.ids(), reason);
    return stopped;
}

BulkSent Runtime::sendEach(std::uint64_t count, const NextLetter& next)
{
    ThreadContext& from = context();
    ReadyBatch ready(from);
    BulkSent sent;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto [to, envelope] = next(from, i);
        const Delivery delivery = detail::post(from, to, envelope, ready);
        if (queued(delivery)) {
            ++sent.delivered;
        } else {
            sent.failures.push_back({i, delivery});
        }
    }
    return sent;
}

}  // namespace muster
