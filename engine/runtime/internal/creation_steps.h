// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "runtime/agent_type.h"
#include "runtime/create.h"
#include "runtime/internal/agent_group.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// The steps of making an agent, one or many: checked and admitted, put into a group, given a
/// cell and a name, then its first life begun. Each step is undone by the one beside it.

[[nodiscard]] Result<void> check(Core& core, const CreateOptions& options);
[[nodiscard]] Error noSlots(const Core& core);
[[nodiscard]] Error nameTaken(std::string_view name);

/// Asks the limits for `agents` more.
[[nodiscard]] Result<void> admit(Core& core, std::uint64_t agents, const AgentOps& ops);
void unadmit(Core& core, std::uint64_t agents, const AgentOps& ops) noexcept;

/// The group its options put it into, held for `members`.
[[nodiscard]] Result<AgentGroup*> groupFor(ThreadContext& context, const CreateOptions& options,
                                           const AgentOps& ops, bool repeatable, AgentRecipe recipe,
                                           std::uint64_t members);
void dropGroup(Core& core, AgentGroup& group, std::uint64_t members);

/// A cell for an agent that is being set up: its id is valid, its mail waits.
void openCell(Cell& cell, AgentGroup& group, std::uint32_t ordinal);
/// For one that never lived.
void abandonCell(ThreadContext& context, Cell& cell);

/// Constructs and initializes; on an error nothing is left behind.
[[nodiscard]] Result<void> beginFirstLife(ThreadContext& context, Cell& cell, const AgentOps& ops,
                                          void (*construct)(void* place, void* arguments),
                                          void* arguments);
/// From here on it is one of the living.
void enterLife(ThreadContext& context, Cell& cell, AgentGroup& group);

}  // namespace muster::detail
