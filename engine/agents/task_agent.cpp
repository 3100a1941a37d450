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

/// Keeps the worker busy for so long, or until there is no time left; a simulation's clock stands
/// still in a handler. False: it was cut off.
bool compute(const ActionCall& call, Duration time)
{
    const MonoTime begun = call.clock->now();
    const Duration most = call.within(time);
    // By what has passed: a clock that is set back does not hold a worker for longer than twice.
    while (call.clock->now() - begun < most && call.clock->now() >= begun) {
    }
    return most == time;
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

/// Past its deadline an action on the blocking pool may say itself how far it came; after this its
/// agent goes on without it.
constexpr Duration kAnswerGrace = std::chrono::milliseconds(100);

/// Tells work on the blocking pool that nobody waits for it any more: its agent was ended, or went
/// on at its deadline.
struct StopOnExit {
    StopOnExit() = default;
    StopOnExit(const StopOnExit&) = delete;
    StopOnExit& operator=(const StopOnExit&) = delete;
    ~StopOnExit() { flag->store(true, std::memory_order_relaxed); }

    std::shared_ptr<std::atomic<bool>> flag = std::make_shared<std::atomic<bool>>(false);
};

ActionFailure timedOut()
{
    return {FailureClass::timeout,
            {ErrorCode::timedOut, "not done within its time", "", "Raise the action's timeout"}};
}

ActionFailure tooLate()
{
    return {FailureClass::timeout,
            {ErrorCode::timedOut, "its deadline passed before it was begun", "",
             "Raise the group's deadline, or lower the load"}};
}

bool late(MonoTime until, MonoTime now)
{
    return until != MonoTime{} && now >= until;
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
    const MonoTime until = m_setup->deadlineOf(job.intended());
    const ActionCall call = m_setup->call(self(), {}, job.number(), begun, until);
    m_setup->started();
    if (late(until, begun)) {
        return end(job, m_setup->finish(call, self(), tooLate(), job.intended(), begun));
    }
    const Rng& seed = m_setup->work().seed;
    const ActionPlan plan = m_setup->action().plan(call, seed);
    if (plan.compute > Duration::zero() && !scheduler().simulated() &&
        !compute(call, plan.compute)) {
        return end(job, m_setup->finish(call, self(), timedOut(), job.intended(), begun));
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
    const MonoTime until = m_setup->deadlineOf(job.intended());
    const bool ok = co_await work(job.item(), job.number(), job.intended(), until);
    job.report(ok ? JobEnd::ok : JobEnd::failed);
}

Async<StageDone> TaskAgent::handle(StageItem&& stage)
{
    if (stage.taken && stage.taken->exchange(true)) {
        co_return StageDone{false};  // its asker waits no longer, and has counted it
    }
    const MonoTime begun = now();
    const std::optional<MonoTime> left = stage.taken ? deadline() : std::nullopt;
    const bool ok =
        co_await work(stage.item, stage.number, begun, m_setup->deadlineOf(begun, left));
    co_return StageDone{ok};
}

Async<bool> TaskAgent::work(std::string_view item, std::uint64_t number, MonoTime intended,
                            MonoTime until)
{
    const MonoTime begun = now();
    const ActionCall call = m_setup->call(self(), item, number, begun, until);
    m_setup->started();
    setAction(m_setup->label());
    ActionOutcome outcome;
    if (late(until, begun)) {
        outcome = tooLate();
    } else if (m_setup->plain()) {
        outcome = co_await carryOut(call, m_setup->work());
    } else {
        outcome = co_await perform(call);
    }
    setAction({});
    bool ok = m_setup->finish(call, self(), outcome, intended, begun);
    count(ok);
    if (ok && m_setup->next() != nullptr) {
        std::string result = nextItem(item, std::get<Fields>(outcome));
        ok = co_await handOn(std::move(result), number, until);
    }
    co_return ok;
}

Async<bool> TaskAgent::handOn(std::string item, std::uint64_t number, MonoTime until)
{
    constexpr Duration kPatience = std::chrono::hours(24);  // the stage has its own time limits
    constexpr int kTries = 8;
    TaskSetup& next = *m_setup->next();
    Error refused{ErrorCode::notFound, "there is no agent of the next stage", "", ""};
    for (int i = 0; i < kTries; ++i) {
        const AgentId to = next.nextAgent();
        const bool bounded = until != MonoTime{};
        const Duration left = bounded ? std::min(kPatience, until - now()) : kPatience;
        auto taken = bounded ? std::make_shared<std::atomic<bool>>(false) : nullptr;
        StageItem stage{item, number, taken};  // GCC 12 destroys a temporary here twice
        auto done = co_await ask<StageDone>(to, std::move(stage), left);
        if (done) {
            co_return done->ok;
        }
        if (taken && taken->exchange(true)) {
            co_return false;  // who took it counts it
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
    call = m_setup->call(self(), call.item, call.number, begun, call.itemDeadline);
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
    if (call.itemDeadline != MonoTime{}) {
        request.deadline = Deadline(now(), call.itemDeadline - now());
    }
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
    co_return co_await block(call, work);
}

Async<ActionOutcome> TaskAgent::block(ActionCall call, const TaskWork& work)
{
    const StopOnExit stop;
    // By value: should this agent be ended meanwhile, the work has what it needs until it stops.
    auto job = [action = work.action, call, item = std::string(call.item), flag = stop.flag] {
        ActionCall own = call;
        own.item = item;
        own.stop = flag.get();
        return own.expired() ? ActionOutcome(timedOut()) : action->run(own);
    };
    const bool bounded = call.deadline.nanoseconds != 0;
    const Duration left =
        bounded ? std::max(call.deadline - now(), Duration{}) + kAnswerGrace : Duration::max();
    auto done = co_await blocking(std::move(job), left);
    if (done.ok()) {
        co_return std::move(done).value();
    }
    if (done.error().code == ErrorCode::timedOut) {
        m_setup->abandoned();
        co_return timedOut();
    }
    co_return ActionFailure{FailureClass::rejected, done.error()};
}

Async<ActionOutcome> TaskAgent::carryOutPlan(ActionCall call, const TaskWork& work)
{
    const ActionPlan plan = work.action->plan(call, work.seed);
    const bool simulated = scheduler().simulated();
    Duration wait = plan.wait;
    if (simulated) {
        wait += plan.compute;
    } else if (plan.compute > Duration::zero()) {
        if (!compute(call, plan.compute)) {
            co_return timedOut();
        }
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
