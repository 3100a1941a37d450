// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/lifecycle.h"

#include <exception>
#include <string>
#include <utility>

#include "runtime/internal/core.h"
#include "runtime/internal/mailbox.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"
#include "runtime/internal/thrown.h"

namespace muster::detail {
namespace {

[[nodiscard]] AgentGroup& groupOf(const Cell& cell) noexcept
{
    return *cell.group.load(std::memory_order_relaxed);
}

[[nodiscard]] std::uint32_t ordersOf(const Cell& cell) noexcept
{
    return static_cast<std::uint32_t>(cell.control.load(std::memory_order_seq_cst));
}

void tellTerminated(Core& core, Cell& cell, const EndReason& reason)
{
    const AgentOps& ops = *groupOf(cell).ops;
    if (ops.terminated == nullptr || cell.behaviour == nullptr) {
        return;
    }
    try {
        ops.terminated(cell.behaviour, reason);
    } catch (...) {
        core.logger.error("terminated() of {} threw: {}", shownName(core, cell), thrownText());
    }
}

void dropSuspended(ThreadContext& context, Cell& cell)
{
    while (PromiseBase* root = cell.suspended) {
        cell.suspended = root->nextSuspended;
        Envelope* envelope = root->envelope;
        root->self.destroy();
        context.counters.subtract(Count::awaiting);
        discard(context, envelope, DropCause::ended);
    }
}

// The hook first: it may still look at what the frames refer to; frames before the behaviour.
void tearDown(ThreadContext& context, Cell& cell, const EndReason& reason)
{
    tellTerminated(context.owner(), cell, reason);
    dropSuspended(context, cell);
    if (cell.behaviour != nullptr) {
        const AgentOps& ops = *groupOf(cell).ops;
        ops.destroy(cell.behaviour);
        context.blocks.give(cell.behaviour, ops.size);
        cell.behaviour = nullptr;
    }
}

void leaveGroup(Core& core, AgentGroup& group, Cell& cell)
{
    const AgentId supervisor = group.supervisor;
    if (group.leave(core.slots, core.slots.slotOf(cell))) {
        if (supervisor) {
            core.supervision.forget(supervisor, group);
        } else {
            core.groups.retire(group);
        }
    }
}

void tellSupervisor(ThreadContext& context, AgentId supervisor, ChildDown down)
{
    Envelope* envelope = makeEnvelope(context, std::move(down));
    envelope->address(EnvelopeKind::system, 0);
    static_cast<void>(post(context, supervisor, envelope));
}

// The caller has the cell to itself, and its behaviour is gone.
void endForGood(ThreadContext& context, Cell& cell, const EndReason& reason)
{
    Core& core = context.owner();
    AgentGroup& group = groupOf(cell);
    const AgentId id = core.slots.idOf(cell);
    const AgentId supervisor = group.supervisor;
    const std::uint32_t next = id.generation + 1 == 0 ? 1 : id.generation + 1;
    const auto orders = static_cast<std::uint32_t>(cell.control.exchange(
        std::uint64_t{next} << control::kGenerationShift, std::memory_order_seq_cst));
    if ((orders & control::kQuiet) == 0) {
        notice::ended(core, cell, reason);
    }
    if ((orders & control::kSuspend) != 0) {
        context.counters.subtract(Count::suspended);
    }
    core.names.remove(id.slot, (orders & control::kNamed) != 0);
    cell.generation.store(next, std::memory_order_release);
    dropMail(context, cell);
    if (group.ops->mayStop != nullptr) {
        core.supervision.close(context, id);
    }
    const std::uint64_t bytes = bytesPerAgent(*group.ops);
    leaveGroup(core, group, cell);
    if ((orders & control::kWatched) != 0) {
        core.monitors.tell(context, {id, reason});
    }
    if ((orders & control::kTraits) != 0) {
        core.traits.forget(id.slot);
    }
    if ((orders & control::kHasText) != 0) {
        static_cast<void>(core.monitors.takeText(id));
    }
    context.counters.subtract(Count::terminating);
    freeCell(context, cell);
    if (supervisor) {
        tellSupervisor(context, supervisor, {id, reason, true});
    }
    if (core.options.admission != nullptr) {
        core.options.admission->release(1, bytes);
    }
    context.counters.add(Count::ended);
}

// Forgets what only concerned the life that ended. False: an order for good came meanwhile.
[[nodiscard]] bool clearOrders(ThreadContext& context, Cell& cell) noexcept
{
    constexpr std::uint32_t ofThisLife = control::kHalt | control::kHaltKill | control::kOwn |
                                         control::kSuspend | control::kRestart |
                                         (0xffU << control::kReasonShift);
    std::uint64_t word = cell.control.load(std::memory_order_relaxed);
    do {
        if ((word & (control::kStop | control::kKill)) != 0) {
            return false;
        }
    } while (!cell.control.compare_exchange_weak(word, word & ~std::uint64_t{ofThisLife},
                                                 std::memory_order_seq_cst));
    if ((word & control::kSuspend) != 0) {
        context.counters.subtract(Count::suspended);
    }
    return true;
}

[[nodiscard]] bool claimDown(ThreadContext& context, Cell& cell, Phase to) noexcept
{
    Phase expected = Phase::down;
    if (!cell.phase.compare_exchange_strong(expected, to, std::memory_order_seq_cst)) {
        return false;
    }
    if (to == Phase::terminating) {
        context.counters.subtract(Count::initializing);
        context.counters.add(Count::terminating);
    }
    return true;
}

void goDown(ThreadContext& context, Cell& cell, const EndReason& reason)
{
    const AgentId id = context.owner().slots.idOf(cell);
    Envelope* told = makeEnvelope(context, ChildDown{id, reason, false});
    told->address(EnvelopeKind::system, 0);
    const AgentId supervisor = groupOf(cell).supervisor;
    context.counters.subtract(Count::terminating);
    context.counters.add(Count::initializing);
    cell.phase.store(Phase::down, std::memory_order_seq_cst);
    // From here on the cell is the supervisor's, or whoever claims it first.
    if (post(context, supervisor, told) != Delivery::queued) {
        releaseAgent(context, id, reason);
    } else if ((ordersOf(cell) & (control::kStop | control::kKill)) != 0) {
        releaseAgent(context, id, reason);
    }
}

}  // namespace

void dropMail(ThreadContext& context, Cell& cell)
{
    for (Envelope* at = close(cell); at != nullptr;) {
        Envelope* following = at->next;
        if (at->kind() == EnvelopeKind::answer) {
            discardAnswer(context, at);
        } else if (at->kind() == EnvelopeKind::system && at->request() == 0) {
            releaseEnvelope(context, at);
        } else {
            discard(context, at, DropCause::ended);
        }
        at = following;
    }
}

std::uint64_t bytesPerAgent(const AgentOps& ops) noexcept
{
    constexpr std::uint64_t indexEntry = 2 * sizeof(std::uint64_t);
    const std::uint64_t block =
        (ops.size + BlockStock::kUnit - 1) / BlockStock::kUnit * BlockStock::kUnit;
    return sizeof(Cell) + block + indexEntry;
}

void endAgent(ThreadContext& context, Cell& cell, const EndReason& reason)
{
    context.counters.add(Count::terminating);
    cell.phase.store(Phase::terminating, std::memory_order_relaxed);
    tearDown(context, cell, reason);
    const AgentGroup& group = groupOf(cell);
    const std::uint32_t orders = ordersOf(cell);
    const bool halted = (orders & (control::kHalt | control::kHaltKill)) != 0;
    const bool judged = group.supervisor && (halted || group.restart != Restart::temporary);
    if (judged && clearOrders(context, cell)) {
        goDown(context, cell, reason);
    } else {
        endForGood(context, cell, reason);
    }
}

void crashAgent(ThreadContext& context, Cell& cell, std::string_view what, std::string_view message)
{
    context.counters.add(Count::crashed);
    notice::crashed(context.owner(), cell, what, message);
    endAgent(context, cell, {EndKind::crashed, std::string(what)});
}

Result<void> initialize(Cell& cell)
{
    const AgentOps& ops = *groupOf(cell).ops;
    if (ops.init == nullptr) {
        return {};
    }
    try {
        return ops.init(cell.behaviour);
    } catch (...) {
        return Error{ErrorCode::internal, "init threw: " + thrownText(), "", ""};
    }
}

namespace {

// Constructs and initializes; on an error nothing is left behind.
[[nodiscard]] Result<void> beginLife(ThreadContext& context, Cell& cell)
{
    const AgentGroup& group = groupOf(cell);
    const AgentOps& ops = *group.ops;
    void* place = nullptr;
    try {
        place = context.blocks.take(ops.size);
        if (group.recipe) {
            group.recipe(place, cell.ordinal.load(std::memory_order_relaxed) - group.firstOrdinal);
        } else {
            ops.constructDefault(place);
        }
    } catch (...) {
        if (place != nullptr) {
            context.blocks.give(place, ops.size);
        }
        return Error{ErrorCode::internal, "the constructor threw: " + thrownText(), "", ""};
    }
    cell.behaviour = place;
    cell.attach(*ops.base(place));
    Result<void> begun = initialize(cell);
    if (!begun.ok()) {
        ops.destroy(place);
        context.blocks.give(place, ops.size);
        cell.behaviour = nullptr;
    }
    return begun;
}

void countRestart(ThreadContext& context, Cell& cell, std::string_view reason)
{
    cell.restarts.fetch_add(1, std::memory_order_relaxed);
    context.counters.add(Count::restarts);
    notice::restarted(context.owner(), cell, reason);
}

}  // namespace

Result<void> reviveAgent(ThreadContext& context, AgentId id, std::string_view reason)
{
    Core& core = context.owner();
    Cell* cell = core.slots.find(id);
    if (cell == nullptr || !claimDown(context, *cell, Phase::initializing)) {
        return Error{ErrorCode::conflict, "the agent is not down", toString(id), ""};
    }
    Result<void> begun =
        groupOf(*cell).repeatable
            ? beginLife(context, *cell)
            : Result<void>(Error{ErrorCode::conflict,
                                 "the agent's arguments cannot be copied for another life",
                                 shownName(core, *cell), "Give its type copyable arguments"});
    if (!begun.ok()) {
        cell->phase.store(Phase::down, std::memory_order_seq_cst);
        if ((ordersOf(*cell) & (control::kStop | control::kKill)) != 0) {
            releaseAgent(context, id, {EndKind::stopped, {}});
        }
        return begun;
    }
    countRestart(context, *cell, reason);
    context.counters.subtract(Count::initializing);
    setReady(context, *cell);
    return {};
}

bool releaseAgent(ThreadContext& context, AgentId id, const EndReason& reason)
{
    Cell* cell = context.owner().slots.find(id);
    if (cell == nullptr || !claimDown(context, *cell, Phase::terminating)) {
        return false;
    }
    endForGood(context, *cell, reason);
    return true;
}

bool restartAgent(ThreadContext& context, Cell& cell)
{
    Core& core = context.owner();
    const AgentOps& ops = *groupOf(cell).ops;
    const AgentId id = core.slots.idOf(cell);
    static_cast<void>(order(cell, id, 0, control::kRestart));
    std::string failure;
    try {
        const auto saved = ops.save == nullptr ? nullptr : ops.save(cell.behaviour);
        tearDown(context, cell, {EndKind::normal, "restart"});
        const Result<void> begun = beginLife(context, cell);
        if (begun.ok()) {
            if (saved != nullptr) {
                saved->restore(cell.behaviour);
            }
            countRestart(context, cell, "by the operator");
            return true;
        }
        failure = begun.error().text();
    } catch (...) {
        failure = thrownText();
    }
    crashAgent(context, cell, failure, "restart");
    return false;
}

void setReady(ThreadContext& context, Cell& cell)
{
    cell.phase.store(Phase::ready, std::memory_order_release);
    if (!becomeIdle(cell)) {
        makeReady(context, cell);
    } else if ((ordersOf(cell) & control::kOrders) != 0 && unidle(cell)) {
        makeReady(context, cell);
    }
}

void freeCell(ThreadContext& context, Cell& cell)
{
    cell.phase.store(Phase::free, std::memory_order_release);
    context.slots.give(context.owner().slots.slotOf(cell));
}

}  // namespace muster::detail
