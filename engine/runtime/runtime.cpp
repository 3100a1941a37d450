// SPDX-License-Identifier: Apache-2.0
#include "runtime/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "runtime/internal/answers.h"
#include "runtime/internal/engine_parts.h"
#include "runtime/internal/inspect.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"
#include "runtime/internal/supervision_start.h"

namespace muster {

using detail::Cell;
using detail::Count;
using detail::ThreadContext;

namespace {

[[nodiscard]] Error notAlive(AgentId id)
{
    return {ErrorCode::notFound, "no such agent", toString(id), ""};
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::create(const RuntimeOptions& options)
{
    auto parts = detail::EngineParts::make(options);
    if (!parts.ok()) {
        return parts.error();
    }
    std::unique_ptr<Runtime> runtime(new Runtime(std::move(parts).value()));
    return runtime;
}

Runtime::Runtime(std::unique_ptr<detail::EngineParts> parts)
    : m_parts(std::move(parts)), m_core(&m_parts->core())
{
    m_core->runtime = this;
}

Runtime::~Runtime()
{
    if (!m_core->closing.load(std::memory_order_relaxed)) {
        static_cast<void>(drain(kDrainBound));
    }
    m_parts->stop();
}

Scheduler& Runtime::scheduler() noexcept
{
    return *m_core->scheduler;
}

SimulatedScheduler* Runtime::simulation() noexcept
{
    return m_core->scheduler->simulated()
               ? static_cast<SimulatedScheduler*>(m_core->scheduler.get())
               : nullptr;
}

const Directory& Runtime::directory() const noexcept
{
    return m_core->directory;
}

std::uint32_t Runtime::workers() const noexcept
{
    return m_parts->workers();
}

ThreadContext& Runtime::context()
{
    return ThreadContext::in(*m_core);
}

Result<AgentId> Runtime::createSupervisor(const SupervisorOptions& supervision,
                                          const CreateOptions& options,
                                          std::vector<ChildSpec> children)
{
    return detail::startSupervisor(context(), supervision, options, children);
}

Delivery Runtime::post(ThreadContext& from, AgentId to, detail::Envelope* envelope)
{
    return detail::post(from, to, envelope);
}

void Runtime::askOutside(AgentId to, detail::Envelope* question, Duration timeout,
                         AnswerTaker taker)
{
    m_core->asks.ask(context(), to, question, timeout, std::move(taker));
}

Error Runtime::answerError(detail::Envelope& answer, const MessageType& expected)
{
    return detail::answerErrorOf(answer, expected);
}

Result<void> Runtime::stop(AgentId id, EndReason reason)
{
    return detail::orderEnd(context(), id, detail::control::kStop, reason)
               ? Result<void>()
               : Result<void>(notAlive(id));
}

Result<void> Runtime::kill(AgentId id, EndReason reason)
{
    return detail::orderEnd(context(), id, detail::control::kKill, reason)
               ? Result<void>()
               : Result<void>(notAlive(id));
}

Result<bool> Runtime::setSuspended(AgentId id, bool suspended)
{
    Cell* cell = m_core->slots.find(id);
    if (cell == nullptr) {
        return notAlive(id);
    }
    const detail::ReadGuard guard(m_core->reclaimer);
    const detail::AgentGroup* group = cell->group.load(std::memory_order_seq_cst);
    if (suspended && group != nullptr && group->ops->mayStop != nullptr) {
        return Error{ErrorCode::invalidArgument, "a supervisor cannot be suspended", toString(id),
                     "Suspend its children"};
    }
    constexpr std::uint32_t kBit = detail::control::kSuspend;
    const auto before = detail::order(*cell, id, suspended ? kBit : 0, suspended ? 0 : kBit);
    if (!before) {
        return notAlive(id);
    }
    if (((*before & kBit) != 0) == suspended) {
        return false;
    }
    if (suspended) {
        context().counters.add(Count::suspended);
    } else {
        context().counters.subtract(Count::suspended);
    }
    return true;
}

Result<void> Runtime::suspend(AgentId id)
{
    const auto changed = setSuspended(id, true);
    if (changed && *changed) {
        detail::notice::suspended(*m_core, id, false);
        wakeUp(id);
    }
    return changed ? Result<void>() : Result<void>(changed.error());
}

Result<void> Runtime::resume(AgentId id)
{
    const auto changed = setSuspended(id, false);
    if (changed && *changed) {
        detail::notice::suspended(*m_core, id, true);
        wakeUp(id);
    }
    return changed ? Result<void>() : Result<void>(changed.error());
}

void Runtime::wakeUp(AgentId id)
{
    if (Cell* cell = m_core->slots.find(id)) {
        detail::wake(context(), *cell);
    }
}

Result<void> Runtime::restart(AgentId id)
{
    Cell* cell = m_core->slots.find(id);
    if (cell == nullptr) {
        return notAlive(id);
    }
    const detail::ReadGuard guard(m_core->reclaimer);
    const detail::AgentGroup* group = cell->group.load(std::memory_order_seq_cst);
    if (group == nullptr) {
        return notAlive(id);
    }
    if (!group->repeatable || group->ops->mayStop != nullptr) {
        return Error{ErrorCode::conflict, "the agent was made in a way that cannot be repeated",
                     toString(id), "Create it in bulk, without arguments, or under a supervisor"};
    }
    if (!detail::order(*cell, id, detail::control::kRestart)) {
        return notAlive(id);
    }
    detail::wake(context(), *cell);
    return {};
}

void Runtime::monitor(AgentId id, std::function<void(const AgentEnded&)> ended)
{
    auto callback = std::make_shared<std::function<void(const AgentEnded&)>>(std::move(ended));
    if (!m_core->monitors.watch(id, callback)) {
        (*callback)({id, {EndKind::noAgent, {}}});
    }
}

void Runtime::inspect(AgentId id, Duration timeout, std::function<void(Result<std::string>)> done)
{
    // Whichever comes first, the answer or the time, takes the callback.
    struct Once {
        std::mutex mutex;
        std::function<void(Result<std::string>)> done;

        void call(Result<std::string> result)
        {
            std::function<void(Result<std::string>)> taken;
            {
                const std::lock_guard lock(mutex);
                taken = std::exchange(done, nullptr);
            }
            if (taken) {
                taken(std::move(result));
            }
        }
    };
    auto once = std::make_shared<Once>();
    once->done = std::move(done);
    Scheduler& scheduler = *m_core->scheduler;
    const TimerId timer = scheduler.after(timeout, [once] {
        once->call(Error{ErrorCode::timedOut, "the agent did not come to it in time", "", ""});
    });
    ThreadContext& from = context();
    auto* envelope = detail::makeEnvelope(
        from, detail::Inspect([once, timer, &scheduler](Result<std::string> result) {
            scheduler.cancel(timer);
            once->call(std::move(result));
        }));
    envelope->address(detail::EnvelopeKind::system, 0, detail::Lane::system);
    static_cast<void>(detail::post(from, id, envelope));
}

ActionLabel Runtime::actionLabel(std::string_view text)
{
    return {m_core->labels.intern(text)};
}

RuntimeCounters Runtime::counters() const
{
    const auto& contexts = m_core->contexts;
    RuntimeCounters all;
    all.sent = contexts.sum(Count::sent);
    all.handled = contexts.sum(Count::handled);
    all.activations = contexts.sum(Count::activations);
    all.steals = contexts.sum(Count::steals);
    all.asks = contexts.sum(Count::asks);
    all.asksTimedOut = contexts.sum(Count::asksTimedOut);
    all.blockingJobs = contexts.sum(Count::blockingJobs);
    for (std::size_t i = 0; i < all.dropped.size(); ++i) {
        all.dropped[i] =
            contexts.sum(static_cast<Count>(static_cast<std::size_t>(Count::droppedFirst) + i));
    }
    return all;
}

std::uint64_t Runtime::bytesFor(const detail::AgentOps& ops) const noexcept
{
    return detail::bytesPerAgent(ops);
}

DrainReport Runtime::drain(Duration bound, const std::function<bool()>& enough)
{
    return m_parts->drain(bound, enough);
}

}  // namespace muster
