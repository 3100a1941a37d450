// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "runtime/envelope.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"
#include "runtime/mailbox.h"

namespace muster::detail {

class ReadyBatch;

/// The answer that stands for none: a deadline passed or a delay is over.
struct Expired {};

/// The size of the block for an envelope of `bytes`.
[[nodiscard]] constexpr std::size_t blockBytes(std::size_t bytes) noexcept
{
    return (bytes + alignof(Envelope) - 1) / alignof(Envelope) * alignof(Envelope);
}

/// How messages get into a mailbox. Every function takes the envelope over, whatever comes of
/// it, and may be called by any thread with its own context.

/// By its kind: mail waits its turn under the mailbox's bound, system mail is not counted.
Delivery post(ThreadContext& context, AgentId to, Envelope* envelope);
/// The same as one of many: whom it makes ready goes to `ready`.
Delivery post(ThreadContext& context, AgentId to, Envelope* envelope, ReadyBatch& ready);
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
void wake(Cell& cell, ReadyBatch& ready);
/// Gives an agent that nobody runs to a worker.
void makeReady(ThreadContext& context, Cell& cell);

/// releaseEnvelope, for the loops where the call itself would show.
inline void recycle(ThreadContext& context, Envelope* envelope) noexcept
{
    const MessageType& type = *envelope->type;
    if (type.destroy != nullptr) {
        type.destroy(envelope->message());
    }
    const bool timed = envelope->timed();
    context.blocks.give(envelope, timed ? blockBytes(Envelope::timedBytes(type))
                                        : blockBytes(Envelope::bytes(type)));
}

}  // namespace muster::detail
