// SPDX-License-Identifier: Apache-2.0
#include "agents/task_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "events/fields.h"

namespace muster {

namespace {

constexpr std::size_t kPage = 4096;

/// Keeps the worker busy for so long; a simulation's clock stands still in a handler.
void compute(const Clock& clock, Duration time)
{
    const MonoTime until = clock.now() + time;
    while (clock.now() < until) {
    }
}

/// Memory that is really there: each page is written to.
std::unique_ptr<std::byte[]> allocate(std::uint64_t bytes)
{
    auto memory = std::make_unique_for_overwrite<std::byte[]>(bytes);
    for (std::size_t at = 0; at < bytes; at += kPage) {
        static_cast<volatile std::byte*>(memory.get())[at] = std::byte{1};
    }
    return memory;
}

ActionFailure timedOut()
{
    return {FailureClass::timeout,
            {ErrorCode::timedOut, "not done within its time", "", "Raise the action's timeout"}};
}

}  // namespace

void TaskAgent::handle(Job&& job)
{
    const MonoTime begun = now();
    const ActionCall call = m_setup->call({}, job.number(), begun);
    m_setup->started();
    const ActionPlan plan = m_setup->action().plan(call, m_setup->seed());
    if (plan.compute > Duration::zero() && !scheduler().simulated()) {
        compute(*call.clock, plan.compute);
    }
    const ActionOutcome outcome = m_setup->action().outcome(call, plan, m_setup->seed());
    end(job, m_setup->finish(call, self(), outcome, job.intended(), begun));
}

Async<void> TaskAgent::handle(ItemJob&& job)
{
    job.begin();
    const MonoTime begun = now();
    const ActionCall call = m_setup->call(job.item(), job.number(), begun);
    m_setup->started();
    setAction(m_setup->label());
    const ActionOutcome outcome = co_await perform(call);
    setAction({});
    end(job, m_setup->finish(call, self(), outcome, job.intended(), begun));
}

Async<ActionOutcome> TaskAgent::perform(ActionCall call)
{
    if (!m_setup->blocks()) {
        co_return co_await carryOut(call);
    }
    // By value: should this agent be ended meanwhile, the work goes on without it.
    auto work = [action = m_setup->options().perform, call, item = std::string(call.item)] {
        ActionCall own = call;
        own.item = item;
        return action->run(own);
    };
    auto done = co_await blocking(std::move(work));
    if (!done.ok()) {
        co_return ActionFailure{FailureClass::rejected, done.error()};
    }
    co_return std::move(done).value();
}

Async<ActionOutcome> TaskAgent::carryOut(ActionCall call)
{
    const ActionPlan plan = m_setup->action().plan(call, m_setup->seed());
    const bool simulated = scheduler().simulated();
    Duration wait = plan.wait;
    if (simulated) {
        wait += plan.compute;
    } else if (plan.compute > Duration::zero()) {
        compute(*call.clock, plan.compute);
    }
    const auto memory = plan.allocate > 0 && !simulated ? allocate(plan.allocate) : nullptr;
    const auto& timeout = m_setup->options().timeout;
    const bool late = timeout && wait > *timeout;
    if (late) {
        wait = *timeout;
    }
    if (wait > Duration::zero()) {
        co_await delay(wait);
    }
    if (late) {
        co_return timedOut();
    }
    co_return m_setup->action().outcome(call, plan, m_setup->seed());
}

void TaskAgent::end(Job& job, bool ok) noexcept
{
    ++(ok ? m_ok : m_failed);
    job.report(ok ? JobEnd::ok : JobEnd::failed);
}

void TaskAgent::handle(OperatorNote&& note)
{
    m_note = std::make_unique<const std::string>(std::move(note.text));
}

std::string TaskAgent::stateJson() const
{
    auto json = fmt::format(R"({{"action":"{}","ok":{},"failed":{})", m_setup->options().action,
                            m_ok, m_failed);
    if (m_note) {
        json += R"(,"note":)";
        appendJsonText(json, *m_note);
    }
    return json + '}';
}

}  // namespace muster
