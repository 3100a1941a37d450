// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/post.h"

#include <utility>

#include "runtime/internal/answers.h"
#include "runtime/internal/core.h"
#include "runtime/internal/executor.h"
#include "runtime/internal/mailbox.h"
#include "runtime/internal/ready_batch.h"
#include "runtime/internal/worker_pool.h"

namespace muster::detail {
namespace {

// A handler that sends this much without returning shares what it made ready.
constexpr std::uint32_t kSendsBeforeSharing = 1024;

Delivery refusePost(ThreadContext& context, Envelope* envelope, DropCause cause, Delivery told)
{
    // The sender learns it from the return value, so an asker needs no answer.
    envelope->forgetRequest();
    discard(context, envelope, cause);
    return told;
}

template <class MakeReady>
Delivery postTo(ThreadContext& context, AgentId to, Envelope* envelope, MakeReady ready)
{
    Core& core = context.owner();
    Cell* cell = core.slots.find(to);
    if (cell == nullptr) {
        return refusePost(context, envelope, DropCause::noAgent, Delivery::noAgent);
    }
    envelope->generation = to.generation;
    envelope->stamp = core.coarseNow.load(std::memory_order_relaxed);
    context.counters.add(Count::sent);
    const Pushed pushed = push(context, *cell, envelope);
    if (pushed == Pushed::wakes) {
        ready(*cell);
    }
    if (context.worker != nullptr && ++context.sends % kSendsBeforeSharing == 0) {
        context.worker->shareNext();
    }
    switch (pushed) {
        case Pushed::closed:
            return refusePost(context, envelope, DropCause::noAgent, Delivery::noAgent);
        case Pushed::full:
            return cell->overflow() == OverflowPolicy::dropNewest
                       ? refusePost(context, envelope, DropCause::shedNewest, Delivery::dropped)
                       : refusePost(context, envelope, DropCause::full, Delivery::full);
        case Pushed::queued:
        case Pushed::wakes:
            break;
    }
    return Delivery::queued;
}

}  // namespace

Delivery post(ThreadContext& context, AgentId to, Envelope* envelope)
{
    return postTo(context, to, envelope, [&context](Cell& cell) { makeReady(context, cell); });
}

Delivery post(ThreadContext& context, AgentId to, Envelope* envelope, ReadyBatch& ready)
{
    return postTo(context, to, envelope, [&ready](Cell& cell) { ready.add(cell); });
}

void postAnswer(ThreadContext& context, AgentId to, std::uint64_t request, Envelope* envelope)
{
    Core& core = context.owner();
    if (!to) {
        core.asks.answer(context, request, envelope);
        return;
    }
    envelope->address(EnvelopeKind::answer, request);
    Cell* cell = core.slots.find(to);
    if (cell != nullptr) {
        envelope->generation = to.generation;
        envelope->stamp = core.coarseNow.load(std::memory_order_relaxed);
        const Pushed pushed = push(context, *cell, envelope);
        if (pushed == Pushed::wakes) {
            makeReady(context, *cell);
        }
        if (pushed != Pushed::closed) {
            return;
        }
    }
    discardAnswer(context, envelope);
}

void discardAnswer(ThreadContext& context, Envelope* envelope) noexcept
{
    if (envelope->type == &kMessageType<Expired>) {
        releaseEnvelope(context, envelope);
        return;
    }
    envelope->forgetRequest();
    discard(context, envelope, DropCause::lateReply);
}

void discard(ThreadContext& context, Envelope* envelope, DropCause cause) noexcept
{
    context.counters.dropped(cause);
    if (envelope->request() != 0) {
        if (cause == DropCause::shedOldest) {
            refuse(context, *envelope,
                   {ErrorCode::overloaded, "the request was shed from a full mailbox", "",
                    "Ask again later, or raise the mailbox's bound"});
        } else if (cause == DropCause::tooLate) {
            refuse(context, *envelope, timeoutError());
        } else if (cause == DropCause::unhandled) {
            refuse(context, *envelope,
                   {ErrorCode::invalidArgument,
                    "the agent has no handler for " + std::string(envelope->type->name), "", ""});
        } else {
            refuse(context, *envelope,
                   {ErrorCode::notFound, "the agent ended before it answered", "", ""});
        }
    }
    releaseEnvelope(context, envelope);
}

void refuse(ThreadContext& context, Envelope& question, Error error)
{
    if (const std::uint64_t request = question.request(); request != 0) {
        question.forgetRequest();
        postAnswer(context, question.sender, request, makeEnvelope(context, std::move(error)));
    }
}

void makeReady(ThreadContext& context, Cell& cell)
{
    if (context.worker != nullptr) {
        context.worker->makeReady(cell);
    } else {
        context.owner().executor->inject(cell);
    }
}

void wake(ThreadContext& context, Cell& cell)
{
    if (claimAsleep(cell)) {
        makeReady(context, cell);
    }
}

void wake(Cell& cell, ReadyBatch& ready)
{
    if (claimAsleep(cell)) {
        ready.add(cell);
    }
}

void ReadyBatch::give()
{
    if (m_count != 0) {
        m_context.owner().executor->injectAll(m_cells.data(), std::exchange(m_count, 0));
    }
}

}  // namespace muster::detail
