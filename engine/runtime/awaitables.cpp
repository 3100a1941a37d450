// SPDX-License-Identifier: Apache-2.0
#include "runtime/awaitables.h"

#include "protection/saturating.h"
#include "runtime/agent_base.h"
#include "runtime/handling.h"
#include "runtime/internal/answers.h"
#include "runtime/internal/core.h"
#include "runtime/internal/post.h"

namespace muster::detail {
void* allocateFrame(std::size_t bytes)
{
    return insideContext().blocks.take(bytes);
}

void releaseFrame(void* frame, std::size_t bytes) noexcept
{
    insideContext().blocks.give(frame, bytes);
}

void* allocateBlock(ThreadContext& context, std::size_t bytes)
{
    return context.blocks.take(blockBytes(bytes));
}

void releaseBlock(ThreadContext& context, void* block, std::size_t bytes) noexcept
{
    context.blocks.give(block, blockBytes(bytes));
}

void releaseEnvelope(ThreadContext& context, Envelope* envelope) noexcept
{
    recycle(context, envelope);
}

void answer(Envelope& question, Envelope* reply)
{
    const std::uint64_t request = question.request();
    question.forgetRequest();
    postAnswer(insideContext(), question.sender, request, reply);
}

void answerError(Envelope& question, Error error)
{
    refuse(insideContext(), question, std::move(error));
}

Handled startHandler(AgentBase& agent, Envelope& envelope, PromiseBase& root)
{
    Cell& cell = Cell::of(agent);
    root.agent = &agent;
    root.envelope = &envelope;
    root.self.resume();
    if (root.self.done()) {
        root.finish(root);
        return Handled::done;
    }
    root.startedAt = insideContext().owner().clock->now();
    root.nextSuspended = cell.suspended;
    cell.suspended = &root;
    return Handled::suspended;
}

PendingWait::~PendingWait()
{
    if (m_armed) {
        insideContext().owner().timers->cancel(m_deadline);
    }
    if (m_root != nullptr && m_root->waiting == this) {
        m_root->waiting = nullptr;
    }
}

void PendingWait::suspend(PromiseBase& root, std::coroutine_handle<> handle)
{
    if (m_request == 0) {
        m_request = insideContext().nextRequest();
    }
    m_root = &root;
    m_handle = handle;
    root.waiting = this;
}

void PendingWait::wakeAfter(Duration delay)
{
    wakeAt(saturatingAdd(insideContext().owner().clock->now(), delay));
}

void PendingWait::wakeAt(MonoTime time)
{
    m_armed = true;
    insideContext().owner().timers->set(insideContext(), m_deadline, Timers::Kind::answer,
                                        agent().packed(), m_request, time);
}

std::optional<MonoTime> deadlineOf(const PromiseBase& root) noexcept
{
    return root.envelope != nullptr && root.envelope->timed()
               ? std::optional(root.envelope->deadline())
               : std::nullopt;
}

AgentId PendingWait::agent() const noexcept
{
    return insideContext().owner().slots.idOf(Cell::of(*m_root->agent));
}

Error PendingWait::errorOf(Envelope& answer, const MessageType& expected)
{
    if (answer.type == &kMessageType<Expired>) {
        insideContext().counters.add(Count::asksTimedOut);
    }
    return answerErrorOf(answer, expected);
}

AskWait::~AskWait()
{
    if (m_question != nullptr) {
        releaseEnvelope(insideContext(), m_question);
    }
}

bool AskWait::ask(PromiseBase& root, std::coroutine_handle<> handle)
{
    ThreadContext& context = insideContext();
    context.counters.add(Count::asks);
    const MonoTime now = context.owner().clock->now();
    MonoTime deadline = saturatingAdd(now, m_deadline);
    if (const auto inherited = deadlineOf(root); inherited && *inherited < deadline) {
        deadline = *inherited;
        if (deadline <= now) {
            context.counters.add(Count::asksTimedOut);
            m_error.emplace(timeoutError());
            return false;
        }
    }
    suspend(root, handle);
    m_question->sender = agent();
    m_question->address(EnvelopeKind::mail, request());
    m_question->setDeadline(deadline);
    const Delivery delivery = post(context, m_to, std::exchange(m_question, nullptr));
    if (delivery != Delivery::queued) {
        root.waiting = nullptr;
        m_error.emplace(deliveryError(delivery));
        return false;
    }
    wakeAt(deadline);
    return true;
}

ReplyLater OutsideWait::start(PromiseBase& root, std::coroutine_handle<> handle, Duration longest)
{
    suspend(root, handle);
    if (longest != kNoBound) {
        wakeAfter(longest);
    }
    return {insideContext().owner().contexts.link(), agent(), request()};
}

bool BlockingWait::start(PromiseBase& root, std::coroutine_handle<> handle,
                         std::unique_ptr<BlockingJob> job, Duration longest)
{
    suspend(root, handle);
    Core& core = insideContext().owner();
    insideContext().counters.add(Count::blockingJobs);
    auto shared = std::make_shared<std::unique_ptr<BlockingJob>>(std::move(job));
    Result<void> started =
        core.scheduler->blocking([&core, shared, to = agent(), number = request()] {
            (*shared)->run();
            ThreadContext& context = ThreadContext::in(core);
            postAnswer(context, to, number, makeEnvelope(context, JobDone{std::move(*shared)}));
        });
    if (!started.ok()) {
        root.waiting = nullptr;
        m_error.emplace(started.error());
    } else if (longest != kNoBound) {
        wakeAfter(longest);
    }
    return started.ok();
}

void BlockingWait::take(Envelope& answer)
{
    if (answer.type == &kMessageType<JobDone>) {
        m_done = std::move(static_cast<JobDone*>(answer.message())->job);
    } else {
        m_error.emplace(errorOf(answer, kMessageType<JobDone>));
    }
}

}  // namespace muster::detail
