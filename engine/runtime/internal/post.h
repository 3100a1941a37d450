// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "runtime/envelope.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"
#include "runtime/mailbox.h"

namespace muster::detail {

/// The answer that stands for none: a deadline passed or a delay is over.
struct Expired {};

/// How messages get into a mailbox. Every function takes the envelope over, whatever comes of
/// it, and may be called by any thread with its own context.

/// By its kind: mail waits its turn under the mailbox's bound, system mail is not counted.
Delivery post(ThreadContext& context, AgentId to, Envelope* envelope);
/// Wakes the handler of `to` that waits for `request`; to a request from outside, calls back.
void postAnswer(ThreadContext& context, AgentId to, std::uint64_t request, Envelope* envelope);

/// Gives up a message: counts the cause and tells its asker, if there is one.
void discard(ThreadContext& context, Envelope* envelope, DropCause cause) noexcept;
/// Gives up an answer that nobody waits for any more.
void discardAnswer(ThreadContext& context, Envelope* envelope) noexcept;
/// Tells an asker that there will be no answer.
void refuse(ThreadContext& context, Envelope& question, Error error);

/// Sees to it that an agent looks at its control word.
void wake(ThreadContext& context, Cell& cell);
/// Gives an agent that nobody runs to a worker.
void makeReady(ThreadContext& context, Cell& cell);

/// Sets bits in the control word of the agent that `id` names, and of no later one. The bits
/// before; empty when it is gone.
[[nodiscard]] std::optional<std::uint32_t> order(Cell& cell, AgentId id, std::uint32_t set,
                                                 std::uint32_t clear = 0) noexcept;

}  // namespace muster::detail
