// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/orders.h"

#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/post.h"

namespace muster::detail {

std::optional<std::uint32_t> order(Cell& cell, AgentId id, std::uint32_t set,
                                   std::uint32_t clear) noexcept
{
    std::uint64_t word = cell.control.load(std::memory_order_relaxed);
    do {
        if (static_cast<std::uint32_t>(word >> control::kGenerationShift) != id.generation) {
            return std::nullopt;
        }
    } while (!cell.control.compare_exchange_weak(word, (word & ~std::uint64_t{clear}) | set,
                                                 std::memory_order_seq_cst,
                                                 std::memory_order_relaxed));
    return static_cast<std::uint32_t>(word);
}

namespace {

template <class Wake>
bool orderEndOf(ThreadContext& context, AgentId id, std::uint32_t bits, const EndReason& reason,
                Wake wakeUp)
{
    Core& core = context.owner();
    Cell* cell = core.slots.find(id);
    if (cell == nullptr) {
        return false;
    }
    const bool hasText = !reason.text.empty();
    if (hasText) {
        core.monitors.noteText(id, reason.text);
    }
    const std::uint32_t kind = static_cast<std::uint32_t>(reason.kind) << control::kReasonShift;
    std::uint64_t word = cell->control.load(std::memory_order_relaxed);
    std::uint64_t wanted = 0;
    do {
        if (static_cast<std::uint32_t>(word >> control::kGenerationShift) != id.generation) {
            if (hasText) {
                static_cast<void>(core.monitors.takeText(id));
            }
            return false;
        }
        // The first reason stands.
        const bool first = (word & (control::kStop | control::kKill | control::kOwn)) == 0;
        wanted = word | bits | (first ? kind : 0) | (hasText ? control::kHasText : 0);
    } while (!cell->control.compare_exchange_weak(word, wanted, std::memory_order_seq_cst,
                                                  std::memory_order_relaxed));
    if ((bits & (control::kStop | control::kKill)) != 0 &&
        cell->phase.load(std::memory_order_seq_cst) == Phase::down &&
        releaseAgent(context, id, reason)) {
        return true;
    }
    wakeUp(*cell);
    return true;
}

}  // namespace

bool orderEnd(ThreadContext& context, AgentId id, std::uint32_t bits, const EndReason& reason)
{
    return orderEndOf(context, id, bits, reason, [&context](Cell& cell) { wake(context, cell); });
}

bool orderEnd(ThreadContext& context, AgentId id, std::uint32_t bits, const EndReason& reason,
              ReadyBatch& ready)
{
    return orderEndOf(context, id, bits, reason, [&ready](Cell& cell) { wake(cell, ready); });
}

EndReason orderedReason(Core& core, Cell& cell, std::uint32_t bits)
{
    const auto orders = static_cast<std::uint32_t>(cell.control.load(std::memory_order_seq_cst));
    if ((bits & (control::kStop | control::kKill | control::kOwn)) == 0) {
        return {(bits & control::kHaltKill) != 0 ? EndKind::killed : EndKind::shutdown, {}};
    }
    EndReason reason{static_cast<EndKind>((orders >> control::kReasonShift) & 0xff), {}};
    if ((orders & control::kHasText) != 0) {
        const AgentId id = core.slots.idOf(cell);
        static_cast<void>(order(cell, id, 0, control::kHasText));
        reason.text = core.monitors.takeText(id);
    }
    return reason;
}

}  // namespace muster::detail
