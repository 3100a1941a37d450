// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "runtime/end_reason.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

class ReadyBatch;

/// What agents are told beside their mail: bits in the control word, which holds the generation
/// too, so that an order never reaches a later agent in the same place. An agent obeys between
/// two messages. Thread safety: any thread.

/// Sets bits in the control word of the agent that `id` names, and of no later one. The bits
/// before; empty when it is gone.
[[nodiscard]] std::optional<std::uint32_t> order(Cell& cell, AgentId id, std::uint32_t set,
                                                 std::uint32_t clear = 0) noexcept;

/// Sets a mark by which the agent's end knows that it has to take something away, under a lock
/// that the caller holds meanwhile and the end will wait for. False: it is gone. Costs no locked
/// instruction where the mark is there: an end that the caller cannot see yet has seen it.
[[nodiscard]] inline bool mark(Cell& cell, AgentId id, std::uint32_t bit) noexcept
{
    const std::uint64_t word = cell.control.load(std::memory_order_acquire);
    return (static_cast<std::uint32_t>(word >> control::kGenerationShift) == id.generation &&
            (word & bit) != 0) ||
           order(cell, id, bit).has_value();
}

/// Tells an agent to end. False: it is gone.
bool orderEnd(ThreadContext& context, AgentId id, std::uint32_t bits, const EndReason& reason);
/// The same as one of many, made ready through `ready`.
bool orderEnd(ThreadContext& context, AgentId id, std::uint32_t bits, const EndReason& reason,
              ReadyBatch& ready);
/// The reason that was given with the order.
[[nodiscard]] EndReason orderedReason(Core& core, Cell& cell, std::uint32_t bits);

}  // namespace muster::detail
