// SPDX-License-Identifier: Apache-2.0
#include "agents/task_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "documents/json.h"
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

ActionFailure injected(const ActionFault& fault)
{
    return {fault.failure, {ErrorCode::unavailable, "failed by a fault that was injected", "", ""}};
}

/// What the next stage works on: the result's fields, and the item it was made of.
std::string nextItem(std::string_view item, const Fields& result)
{
    std::string json = "{\"item\":";
    if (const auto parsed = parseJson(item, "item"); parsed && parsed->isTable()) {
        json += item;
    } else {
        appendJsonText(json, item);
    }
    const std::string fields = result.view().json();
    return json + (fields.size() > 2 ? "," : "") + fields.substr(1);
}

}  // namespace

void TaskAgent::handle(Job&& job)
{
    const MonoTime begun = now();
    const ActionCall call = m_setup->call(self(), {}, job.number(), begun);
    m_setup->started();
    const Rng& seed = m_setup->work().seed;
    const ActionPlan plan = m_setup->action().plan(call, seed);
    if (plan.compute > Duration::zero() && !scheduler().simulated()) {
        compute(*call.clock, plan.compute);
    }
    ActionOutcome outcome = m_setup->action().outcome(call, plan, seed);
    if (ActionFaults* faults = m_setup->work().faults; faults != nullptr && faults->active()) {
        if (const auto fault = faults->draw(call.rng(seed))) {
            outcome = injected(*fault);
        }
    }
    end(job, m_setup->finish(call, self(), outcome, job.intended(), begun));
}

Async<void> TaskAgent::handle(ItemJob&& job)
{
    job.begin();
    const bool ok = co_await work(job.item(), job.number(), job.intended());
    job.report(ok ? JobEnd::ok : JobEnd::failed);
}

Async<StageDone> TaskAgent::handle(StageItem&& stage)
{
    const bool ok = co_await work(stage.item, stage.number, std::nullopt);
    co_return StageDone{ok};
}

Async<bool> TaskAgent::work(std::string_view item, std::uint64_t number,
                            std::optional<MonoTime> intended)
{
    const MonoTime begun = now();
    const ActionCall call = m_setup->call(self(), item, number, begun);
    m_setup->started();
    setAction(m_setup->label());
    ActionOutcome outcome;
    if (m_setup->plain()) {
        outcome = co_await carryOut(call, m_setup->work());
    } else {
        outcome = co_await perform(call);
    }
    setAction({});
    bool ok = m_setup->finish(call, self(), outcome, intended.value_or(begun), begun);
    count(ok);
    if (ok && m_setup->next() != nullptr) {
        std::string result = nextItem(item, std::get<Fields>(outcome));
        ok = co_await handOn(std::move(result), number);
    }
    co_return ok;
}

Async<bool> TaskAgent::handOn(std::string item, std::uint64_t number)
{
    constexpr Duration kPatience = std::chrono::hours(24);  // the stage has its own time limits
    constexpr int kTries = 8;
    TaskSetup& next = *m_setup->next();
    Error refused{ErrorCode::notFound, "there is no agent of the next stage", "", ""};
    for (int i = 0; i < kTries; ++i) {
        const AgentId to = next.nextAgent();
        StageItem stage{item, number};  // GCC 12 destroys a temporary here twice
        auto done = co_await ask<StageDone>(to, std::move(stage), kPatience);
        if (done) {
            co_return done->ok;
        }
        refused = done.error();
        if (refused.code != ErrorCode::overloaded && refused.code != ErrorCode::notFound) {
            break;
        }
    }
    next.refused(item, number, std::move(refused));
    co_return false;
}

Async<ActionOutcome> TaskAgent::perform(ActionCall call)
{
    const bool serves = m_setup->options().service != nullptr;
    ActionOutcome outcome;
    if (serves) {
        outcome = co_await callService(call);
    } else {
        outcome = co_await carryOut(call, m_setup->work());
    }
    const TaskWork* fallback = m_setup->fallback();
    if (fallback == nullptr || std::holds_alternative<Fields>(outcome)) {
        co_return outcome;
    }
    const MonoTime begun = now();
    call = m_setup->call(self(), call.item, call.number, begun);
    ActionOutcome instead = co_await carryOut(call, *fallback);
    const bool answered = std::holds_alternative<Fields>(instead);
    if (serves) {
        m_setup->options().service->fallbackEnded(answered, now() - begun);
    }
    if (answered) {
        co_return instead;
    }
    co_return outcome;  // the reason it was asked for says more
}

Async<ActionOutcome> TaskAgent::callService(ActionCall call)
{
    ProtectedService& service = *m_setup->options().service;
    ActionOutcome outcome;
    CallRequest request;
    request.number = call.number;
    request.action = m_setup->options().action;
    request.agent = self();
    request.timeout = m_setup->options().timeout.value_or(kForever);
    CallAction action = [this, call, &outcome](const CallAttempt& made) {
        ActionCall own = call;
        own.attempt = made.attempt;
        return attempt(own, made.time, outcome);
    };
    const CallEnd end = co_await callThrough(service, request, std::move(action), *call.clock);
    if (end.kind == CallEnd::Kind::rejected) {
        const bool late = end.stage == CallStage::deadline;
        outcome = ActionFailure{late ? FailureClass::timeout : FailureClass::rejected,
                                rejectionError(service, end)};
    }
    co_return outcome;
}

Async<AttemptEnd> TaskAgent::attempt(ActionCall call, Duration longest, ActionOutcome& outcome)
{
    call.deadline = longest == kForever ? MonoTime{} : now() + longest;
    outcome = co_await carryOut(call, m_setup->work());
    AttemptEnd end;
    if (const auto* failure = std::get_if<ActionFailure>(&outcome)) {
        end.outcome = CallOutcome::failed(failure->failure);
        end.retryAfter = failure->retryAfter;
    }
    co_return end;
}

Async<std::optional<ActionOutcome>> TaskAgent::suffer(ActionFault fault, ActionCall call)
{
    if (fault.kind == ActionFault::Kind::error) {
        co_return ActionOutcome(injected(fault));
    }
    constexpr Duration kHang = std::chrono::hours(24);
    const bool hangs = fault.kind == ActionFault::Kind::hang;
    const Duration wait = hangs ? kHang : fault.delay;
    const bool bounded = call.deadline.nanoseconds != 0;
    const Duration left = bounded ? call.deadline - now() : kForever;
    co_await delay(std::min(wait, left));
    if (hangs || wait >= left) {
        co_return ActionOutcome(timedOut());
    }
    co_return std::nullopt;
}

Async<ActionOutcome> TaskAgent::carryOut(ActionCall call, const TaskWork& work)
{
    if (work.faults != nullptr && work.faults->active()) {
        if (const auto fault = work.faults->draw(call.rng(work.seed))) {
            std::optional<ActionOutcome> ended = co_await suffer(*fault, call);
            if (ended) {
                co_return std::move(*ended);
            }
        }
    }
    if (work.way == TaskWork::Way::planned) {
        co_return co_await carryOutPlan(call, work);
    }
    if (work.way == TaskWork::Way::outside) {
        co_return co_await work.action->reach(call);
    }
    // By value: should this agent be ended meanwhile, the work goes on without it.
    auto job = [action = work.action, call, item = std::string(call.item)] {
        ActionCall own = call;
        own.item = item;
        return action->run(own);
    };
    auto done = co_await blocking(std::move(job));
    if (!done.ok()) {
        co_return ActionFailure{FailureClass::rejected, done.error()};
    }
    co_return std::move(done).value();
}

Async<ActionOutcome> TaskAgent::carryOutPlan(ActionCall call, const TaskWork& work)
{
    const ActionPlan plan = work.action->plan(call, work.seed);
    const bool simulated = scheduler().simulated();
    Duration wait = plan.wait;
    if (simulated) {
        wait += plan.compute;
    } else if (plan.compute > Duration::zero()) {
        compute(*call.clock, plan.compute);
    }
    const auto memory = plan.allocate > 0 && !simulated ? allocate(plan.allocate) : nullptr;
    const bool bounded = call.deadline.nanoseconds != 0;
    const Duration left = bounded ? call.deadline - now() : kForever;
    const bool late = wait > left;
    if (late) {
        wait = left;
    }
    if (wait > Duration::zero()) {
        co_await delay(wait);
    }
    if (late) {
        co_return timedOut();
    }
    co_return work.action->outcome(call, plan, work.seed);
}

void TaskAgent::end(Job& job, bool ok) noexcept
{
    count(ok);
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
