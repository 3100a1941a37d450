// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "runtime/envelope.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// The mailbox inside a cell. Senders push onto a stack of envelopes by one compare-and-swap on
/// the inbox word, which also counts and tells whether the agent was idle; the agent's worker
/// takes the whole stack at once, turns it round and handles it in the order of arrival. Each
/// sender's messages keep their order.
///
/// With the policy dropOldest mail goes straight to the agent's own list, under a lock, since
/// the oldest cannot be taken from the far end of a stack.

enum class Pushed : std::uint8_t {
    queued,
    wakes,   ///< and the caller makes the agent ready
    full,    ///< not queued: the bound
    closed,  ///< not queued: the agent ended
};

[[nodiscard]] Pushed push(ThreadContext& context, Cell& cell, Envelope* envelope);
/// True when the agent was idle and now is the caller's to make ready.
[[nodiscard]] bool unidle(Cell& cell) noexcept;

// ---- the agent's worker only ----

/// Takes what senders pushed into the agent's list, answers to its front. False: nothing new.
bool takeIn(Cell& cell) noexcept;
/// The next envelope, or null; when `answersOnly`, mail stays.
[[nodiscard]] Envelope* next(Cell& cell, bool answersOnly) noexcept;
/// Publishes that `count` more counted messages left the mailbox, and how old the next one is.
void publishPopped(Cell& cell, std::uint32_t count) noexcept;
/// Nothing waits: true when the agent is idle now, false when something came after all.
[[nodiscard]] bool becomeIdle(Cell& cell) noexcept;
/// Refuses all mail from now on, and gives back what waits, as a chain.
[[nodiscard]] Envelope* close(Cell& cell) noexcept;

}  // namespace muster::detail
