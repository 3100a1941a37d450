// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "runtime/create.h"
#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/mailbox.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/post.h"
#include "runtime/internal/thrown.h"

namespace muster::detail {
namespace {

[[nodiscard]] Core& coreOf(ThreadContext& context) noexcept
{
    return *context.core.load(std::memory_order_relaxed);
}

[[nodiscard]] bool isPlain(const CreateOptions& options)
{
    static const CreateOptions plain;
    return !options.supervisor && options.type.empty() && options.capabilities.empty() &&
           options.attributes.empty() && options.mailbox == plain.mailbox &&
           options.restart == plain.restart && options.shutdown == plain.shutdown;
}

[[nodiscard]] Result<void> check(Core& core, const CreateOptions& options)
{
    if (core.closing.load(std::memory_order_relaxed)) {
        return Error{ErrorCode::cancelled, "the runtime is ending and makes no more agents", "",
                     ""};
    }
    if (options.mailbox.bound == 0 || options.mailbox.bound > MailboxOptions::kMaxBound) {
        return Error{
            ErrorCode::invalidArgument,
            fmt::format("a mailbox cannot be bounded to {} messages", options.mailbox.bound),
            "mailbox", fmt::format("Use 1 to {}", MailboxOptions::kMaxBound)};
    }
    return {};
}

[[nodiscard]] Error noSlots(const Core& core)
{
    return {ErrorCode::overloaded, fmt::format("{} agents live already", core.options.maxAgents),
            "maxAgents", "Raise the limit on agents"};
}

[[nodiscard]] Error nameTaken(std::string_view name)
{
    return {ErrorCode::alreadyExists, fmt::format("an agent named {} lives already", name), "",
            "Choose another name"};
}

// The group its options put it into, held for `members`.
[[nodiscard]] Result<AgentGroup*> groupFor(ThreadContext& context, const CreateOptions& options,
                                           const AgentOps& ops, bool repeatable, AgentRecipe recipe,
                                           std::uint64_t members)
{
    Core& core = coreOf(context);
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

// A cell for an agent that is being set up: its id is valid, its mail waits.
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

// Takes back what openCell did, for an agent that never lived.
void abandonCell(ThreadContext& context, Cell& cell)
{
    Core& core = coreOf(context);
    const AgentId id = core.slots.idOf(cell);
    const std::uint32_t next = id.generation + 1 == 0 ? 1 : id.generation + 1;
    cell.control.store(std::uint64_t{next} << control::kGenerationShift, std::memory_order_seq_cst);
    core.names.remove(id.slot);
    cell.generation.store(next, std::memory_order_seq_cst);
    dropMail(context, cell);
    if (cell.group.load(std::memory_order_relaxed)->ops->mayStop != nullptr) {
        core.supervision.close(context, id);
    }
    cell.group.store(nullptr, std::memory_order_seq_cst);
    core.monitors.tell(context, {id, {EndKind::initFailed, {}}});
    freeCell(context, cell);
}

template <class Construct>
[[nodiscard]] Result<void> beginFirstLife(ThreadContext& context, Cell& cell, const AgentOps& ops,
                                          Construct&& construct)
{
    void* place = context.blocks.take(ops.size);
    try {
        construct(place);
    } catch (...) {
        context.blocks.give(place, ops.size);
        return Error{ErrorCode::internal, "the constructor threw: " + thrownText(), "", ""};
    }
    cell.behaviour = place;
    cell.attach(*ops.base(place));
    if (ops.mayStop != nullptr) {
        Core& core = coreOf(context);
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
    SlotTable& slots = coreOf(context).slots;
    group.join(slots, slots.slotOf(cell));
    context.counters.add(Count::created);
}

[[nodiscard]] Result<void> admit(Core& core, std::uint64_t agents, const AgentOps& ops)
{
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

[[nodiscard]] Result<AgentId> setUp(ThreadContext& context, const CreateOptions& options,
                                    const Blueprint& blueprint, AgentGroup& group)
{
    Core& core = coreOf(context);
    const std::uint32_t slot = context.slots.take();
    if (slot == Cell::kNoSlot) {
        return noSlots(core);
    }
    Cell& cell = core.slots.at(slot);
    openCell(cell, group, 0);
    const AgentId id = core.slots.idOf(cell);
    if (!options.name.empty() && !core.names.add(options.name, slot)) {
        abandonCell(context, cell);
        return nameTaken(options.name);
    }
    const Result<void> begun = beginFirstLife(
        context, cell, *blueprint.ops,
        [&blueprint](void* place) { blueprint.construct(place, blueprint.arguments); });
    if (!begun.ok()) {
        abandonCell(context, cell);
        return begun.error();
    }
    enterLife(context, cell, group);
    notice::created(core, cell);
    setReady(context, cell);
    return id;
}

}  // namespace

Result<AgentId> createOne(ThreadContext& context, const CreateOptions& options,
                          const Blueprint& blueprint)
{
    Core& core = coreOf(context);
    const ContextScope scope(context);
    if (const Result<void> fine = check(core, options); !fine.ok()) {
        return fine.error();
    }
    if (const Result<void> admitted = admit(core, 1, *blueprint.ops); !admitted.ok()) {
        return admitted.error();
    }
    const bool keeps = options.supervisor && blueprint.keep != nullptr;
    Result<AgentGroup*> group =
        groupFor(context, options, *blueprint.ops, blueprint.repeatable || keeps,
                 keeps ? blueprint.keep(blueprint.arguments) : AgentRecipe(), 1);
    if (!group.ok()) {
        unadmit(core, 1, *blueprint.ops);
        return group.error();
    }
    Result<AgentId> made = setUp(context, options, blueprint, *group.value());
    if (!made.ok()) {
        dropGroup(core, *group.value(), 1);
        unadmit(core, 1, *blueprint.ops);
    }
    return made;
}

namespace {

/// One bulk creation, a chunk at a time: memory beyond the agents stays bounded.
class BulkCreation {
public:
    BulkCreation(ThreadContext& context, const CreateOptions& options, const AgentOps& ops,
                 AgentGroup& group, std::uint32_t firstOrdinal)
        : m_context(context),
          m_core(coreOf(context)),
          m_stem(options.name.empty() ? std::string() : options.name + "-"),
          m_ops(ops),
          m_group(group),
          m_firstOrdinal(firstOrdinal)
    {
    }

    [[nodiscard]] BulkCreated run(std::uint64_t count)
    {
        m_out.ids.reserve(count);
        for (std::uint64_t from = 0; from < count; from += kChunk) {
            chunk(from, static_cast<std::uint32_t>(std::min<std::uint64_t>(kChunk, count - from)));
        }
        return std::move(m_out);
    }

private:
    static constexpr std::uint32_t kChunk = 1024;

    void chunk(std::uint64_t from, std::uint32_t count)
    {
        std::uint32_t admitted = admitMost(from, count);
        std::uint32_t slots = 0;
        for (; slots < admitted; ++slots) {
            const std::uint32_t slot = m_context.slots.take();
            if (slot == Cell::kNoSlot) {
                break;
            }
            m_slots[slots] = slot;
            openCell(m_core.slots.at(slot), m_group,
                     m_firstOrdinal + static_cast<std::uint32_t>(from + slots));
        }
        if (slots < admitted) {
            fail(from + slots, admitted - slots, noSlots(m_core));
            unadmit(m_core, admitted - slots, m_ops);
        }
        m_taken.clear();
        if (!m_stem.empty() && slots != 0) {
            m_core.names.addMany(m_stem, m_firstOrdinal + static_cast<std::uint32_t>(from),
                                 m_slots.data(), slots, m_taken);
        }
        auto taken = m_taken.begin();
        for (std::uint32_t i = 0; i < slots; ++i) {
            const bool unnamed = taken != m_taken.end() && *taken == i;
            taken += unnamed ? 1 : 0;
            one(from + i, m_core.slots.at(m_slots[i]), unnamed);
        }
    }

    // As many as the limits allow: halves what it asks for until it is granted.
    [[nodiscard]] std::uint32_t admitMost(std::uint64_t from, std::uint32_t count)
    {
        std::uint32_t admitted = 0;
        std::uint32_t step = count;
        std::optional<Error> refused;
        while (admitted < count && step != 0) {
            step = std::min(step, count - admitted);
            if (const Result<void> more = admit(m_core, step, m_ops); more.ok()) {
                admitted += step;
            } else {
                refused = more.error();
                step /= 2;
            }
        }
        if (admitted < count) {
            fail(from + admitted, count - admitted, *refused);
        }
        return admitted;
    }

    void one(std::uint64_t index, Cell& cell, bool nameIsTaken)
    {
        Result<void> begun =
            nameIsTaken ? Result<void>(nameTaken(m_stem + std::to_string(m_firstOrdinal + index)))
                        : beginFirstLife(m_context, cell, m_ops, [this, index](void* place) {
                              m_group.recipe(place, index);
                          });
        if (!begun.ok()) {
            abandonCell(m_context, cell);
            unadmit(m_core, 1, m_ops);
            m_out.failures.push_back({index, begun.error()});
            return;
        }
        m_out.ids.push_back(m_core.slots.idOf(cell));
        enterLife(m_context, cell, m_group);
        setReady(m_context, cell);
    }

    void fail(std::uint64_t from, std::uint64_t count, const Error& error)
    {
        for (std::uint64_t i = 0; i < count; ++i) {
            m_out.failures.push_back({from + i, error});
        }
    }

    ThreadContext& m_context;
    Core& m_core;
    const std::string m_stem;
    const AgentOps& m_ops;
    AgentGroup& m_group;
    const std::uint32_t m_firstOrdinal;
    BulkCreated m_out;
    std::array<std::uint32_t, kChunk> m_slots{};
    std::vector<std::size_t> m_taken;
};

}  // namespace

Result<BulkCreated> createBulk(ThreadContext& context, const CreateOptions& options,
                               const AgentOps& ops, std::uint64_t count, AgentRecipe recipe)
{
    Core& core = coreOf(context);
    const ContextScope scope(context);
    if (const Result<void> fine = check(core, options); !fine.ok()) {
        return fine.error();
    }
    if (count == 0) {
        return BulkCreated{};
    }
    const MonoTime start = core.clock->now();
    Result<AgentGroup*> made = groupFor(context, options, ops, true, std::move(recipe), count);
    if (!made.ok()) {
        return made.error();
    }
    AgentGroup& group = *made.value();
    const std::uint32_t first =
        options.name.empty() ? 0 : core.names.nextOrdinal(options.name + "-");
    group.firstOrdinal = first;
    const std::string type = group.type;  // the group goes with its last agent
    BulkCreated out = BulkCreation(context, options, ops, group, first).run(count);
    if (!out.ids.empty()) {
        notice::createdMany(core, type, out.ids.front(), options.name, out.ids.size(),
                            core.clock->now() - start);
    }
    const std::uint64_t failed = out.failures.size();
    if (failed != 0) {
        const bool none = out.ids.empty();
        Error why = out.failures.front().error;
        dropGroup(core, group, failed);
        if (none) {
            return why;
        }
    }
    return out;
}

}  // namespace muster::detail
