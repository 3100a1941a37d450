// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/creation_steps.h"

#include <fmt/format.h>

#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/thrown.h"

namespace muster::detail {
namespace {

[[nodiscard]] bool isPlain(const CreateOptions& options)
{
    static const CreateOptions plain;
    return !options.supervisor && options.type.empty() && options.capabilities.empty() &&
           options.attributes.empty() && options.mailbox == plain.mailbox &&
           options.restart == plain.restart && options.shutdown == plain.shutdown;
}

[[nodiscard]] Error ending()
{
    return {ErrorCode::cancelled, "the runtime is ending and makes no more agents", "", ""};
}

}  // namespace

Result<void> check(Core& core, const CreateOptions& options)
{
    if (core.closing.load(std::memory_order_relaxed)) {
        return ending();
    }
    if (options.mailbox.bound == 0 || options.mailbox.bound > MailboxOptions::kMaxBound) {
        return Error{
            ErrorCode::invalidArgument,
            fmt::format("a mailbox cannot be bounded to {} messages", options.mailbox.bound),
            "mailbox", fmt::format("Use 1 to {}", MailboxOptions::kMaxBound)};
    }
    return {};
}

Error noSlots(const Core& core)
{
    return {ErrorCode::overloaded, fmt::format("{} agents live already", core.options.maxAgents),
            "maxAgents", "Raise the limit on agents"};
}

Error nameTaken(std::string_view name)
{
    return {ErrorCode::alreadyExists, fmt::format("an agent named {} lives already", name), "",
            "Choose another name"};
}

Result<AgentGroup*> groupFor(ThreadContext& context, const CreateOptions& options,
                             const AgentOps& ops, bool repeatable, AgentRecipe recipe,
                             std::uint64_t members)
{
    Core& core = context.owner();
    if (options.supervisor) {
        return core.supervision.adopt(ops, options, std::move(recipe), repeatable, members);
    }
    if (recipe) {
        return &core.groups.own(ops, options, std::move(recipe), true, members);
    }
    if (!isPlain(options)) {
        return &core.groups.shared(ops, options, repeatable);
    }
    if (AgentGroup* known = context.plainGroup(ops, repeatable)) {
        return known;
    }
    AgentGroup& plain = core.groups.plain(ops, repeatable);
    context.rememberPlainGroup(ops, repeatable, plain);
    return &plain;
}

void dropGroup(Core& core, AgentGroup& group, std::uint64_t members)
{
    const AgentId supervisor = group.supervisor;
    if (!group.kept && group.members.fetch_sub(members, std::memory_order_acq_rel) == members) {
        if (supervisor) {
            core.supervision.forget(supervisor, group);
        } else {
            core.groups.retire(group);
        }
    }
}

void openCell(Cell& cell, AgentGroup& group, std::uint32_t ordinal)
{
    std::uint32_t generation = cell.generation.load(std::memory_order_relaxed);
    if (generation == 0) {
        generation = 1;
        cell.generation.store(generation, std::memory_order_seq_cst);
    }
    cell.popped.store(0, std::memory_order_relaxed);
    cell.limit.store(group.mailbox.bound |
                         (static_cast<std::uint32_t>(group.mailbox.overflow) << Cell::kPolicyShift),
                     std::memory_order_relaxed);
    cell.parked.store(0, std::memory_order_relaxed);
    cell.action.store(0, std::memory_order_relaxed);
    cell.restarts.store(0, std::memory_order_relaxed);
    cell.ordinal.store(ordinal, std::memory_order_relaxed);
    cell.handled.store(0, std::memory_order_relaxed);
    if (CellSide* side = cell.side.load(std::memory_order_relaxed)) {
        side->clear();
    }
    cell.group.store(&group, std::memory_order_release);
    cell.control.store(std::uint64_t{generation} << control::kGenerationShift,
                       std::memory_order_relaxed);
    cell.phase.store(Phase::unborn, std::memory_order_release);
    cell.inbox.store(Cell::kEmpty, std::memory_order_release);
}

void abandonCell(ThreadContext& context, Cell& cell)
{
    Core& core = context.owner();
    const AgentId id = core.slots.idOf(cell);
    const std::uint32_t next = id.generation + 1 == 0 ? 1 : id.generation + 1;
    const auto orders = static_cast<std::uint32_t>(cell.control.exchange(
        std::uint64_t{next} << control::kGenerationShift, std::memory_order_seq_cst));
    core.names.remove(id.slot, (orders & control::kNamed) != 0);
    if ((orders & control::kTraits) != 0) {
        core.traits.forget(id.slot);
    }
    cell.generation.store(next, std::memory_order_seq_cst);
    dropMail(context, cell);
    if (cell.group.load(std::memory_order_relaxed)->ops->mayStop != nullptr) {
        core.supervision.close(context, id);
    }
    cell.group.store(nullptr, std::memory_order_seq_cst);
    core.monitors.tell(context, {id, {EndKind::initFailed, {}}});
    freeCell(context, cell);
}

Result<void> beginFirstLife(ThreadContext& context, Cell& cell, const AgentOps& ops,
                            void (*construct)(void* place, void* arguments), void* arguments)
{
    void* place = nullptr;
    try {
        place = context.blocks.take(ops.size);
        construct(place, arguments);
    } catch (...) {
        if (place != nullptr) {
            context.blocks.give(place, ops.size);
        }
        return Error{ErrorCode::internal, "the constructor threw: " + thrownText(), "", ""};
    }
    cell.behaviour = place;
    cell.attach(*ops.base(place));
    if (ops.mayStop != nullptr) {
        Core& core = context.owner();
        core.supervision.open(core.slots.idOf(cell));
    }
    Result<void> begun = initialize(cell);
    if (!begun.ok()) {
        ops.destroy(place);
        context.blocks.give(place, ops.size);
        cell.behaviour = nullptr;
    }
    return begun;
}

void enterLife(ThreadContext& context, Cell& cell, AgentGroup& group)
{
    Core& core = context.owner();
    const AgentId supervisor = group.supervisor;
    const AgentId id = core.slots.idOf(cell);
    group.join(core.slots, core.slots.slotOf(cell));
    context.counters.add(Count::created);
    if (supervisor && !core.supervision.keeps(supervisor)) {
        // It ended while this child began, and told only those that it knew of.
        static_cast<void>(
            orderEnd(context, id, control::kKill, {EndKind::killed, "its supervisor is gone"}));
    }
}

Result<void> admit(Core& core, std::uint64_t agents, const AgentOps& ops)
{
    if (core.closing.load(std::memory_order_seq_cst)) {
        return ending();
    }
    return core.options.admission == nullptr
               ? Result<void>()
               : core.options.admission->admit(agents, agents * bytesPerAgent(ops));
}

void unadmit(Core& core, std::uint64_t agents, const AgentOps& ops) noexcept
{
    if (core.options.admission != nullptr && agents != 0) {
        core.options.admission->release(agents, agents * bytesPerAgent(ops));
    }
}

}  // namespace muster::detail
