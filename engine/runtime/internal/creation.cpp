// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "runtime/create.h"
#include "runtime/internal/core.h"
#include "runtime/internal/creation_steps.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/thrown.h"

namespace muster::detail {
namespace {

[[nodiscard]] Result<AgentId> setUp(ThreadContext& context, const CreateOptions& options,
                                    const Blueprint& blueprint, AgentGroup& group)
{
    Core& core = context.owner();
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
    const Result<void> begun =
        beginFirstLife(context, cell, *blueprint.ops, blueprint.construct, blueprint.arguments);
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
    Core& core = context.owner();
    const ContextScope scope(context);
    if (const Result<void> fine = check(core, options); !fine.ok()) {
        return fine.error();
    }
    if (const Result<void> admitted = admit(core, 1, *blueprint.ops); !admitted.ok()) {
        return admitted.error();
    }
    const bool keeps = options.supervisor && blueprint.keep != nullptr;
    AgentRecipe recipe;
    try {
        recipe = keeps ? blueprint.keep(blueprint.arguments) : AgentRecipe();
    } catch (...) {
        unadmit(core, 1, *blueprint.ops);
        return Error{ErrorCode::internal, "copying an argument threw: " + thrownText(), "", ""};
    }
    Result<AgentGroup*> group = groupFor(context, options, *blueprint.ops,
                                         blueprint.repeatable || keeps, std::move(recipe), 1);
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

}  // namespace muster::detail
