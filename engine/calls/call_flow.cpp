// SPDX-License-Identifier: Apache-2.0
#include "calls/call_flow.h"

#include <algorithm>

namespace muster {
namespace {

void tell(const Turnstile::Woken& woken)
{
    for (const auto& waiter : woken) {
        waiter->turnDecided();
    }
}

/// What the dependency could not take, rather than what was wrong with the call.
bool isDrop(const CallOutcome& outcome) noexcept
{
    return outcome.end == CallOutcome::End::failed &&
           (outcome.failure == FailureClass::timeout || outcome.failure == FailureClass::rejected);
}

}  // namespace

std::string_view toString(CallEnd::Kind kind) noexcept
{
    switch (kind) {
        case CallEnd::Kind::succeeded:
            return "succeeded";
        case CallEnd::Kind::failed:
            return "failed";
        case CallEnd::Kind::rejected:
            return "rejected";
    }
    return "";
}

CallFlow::CallFlow(ProtectedService& service, const CallRequest& request)
    : m_service(service), m_request(request), m_rng(service.m_rng.fork(request.number))
{
}

CallFlow::~CallFlow()
{
    if (!m_open) {
        return;
    }
    const MonoTime now = m_service.now();
    if (m_reservation) {
        m_machines->limiter->use([&](ServiceLimiter& it) { it.cancel(*m_reservation, now); });
    }
    if (m_ticket &&
        m_machines->turnstile->use([&](Turnstile& it) { return it.settle(*m_ticket, now); })) {
        m_inFlight = 1;
    }
    leaveBulkhead(nullptr, now);
    givePermitBack(CallOutcome::cancelled(), now);
    m_end.kind = CallEnd::Kind::failed;
    static_cast<void>(finish(now));
}

CallStep CallFlow::begin(MonoTime now)
{
    m_began = now;
    const Duration longest{m_service.m_deadline.load(std::memory_order_relaxed)};
    m_deadline = m_request.deadline.within(longest, now);
    m_service.m_began.add();
    m_open = true;
    m_machines = m_service.machines();
    if (m_machines->retry) {
        m_policy = m_machines->retry;
        m_budget = m_machines->budget;
        m_retries = m_policy->begin(now);
        m_budget->use([now](RetryBudget& it) { it.callBegan(now); });
    }
    return tryOnce(now);
}

void CallFlow::spend(CallStage stage, MonoTime now) noexcept
{
    const Duration time = std::max(saturatingSubtract(now, m_since), Duration{});
    m_since = now;
    m_times[static_cast<std::size_t>(stage)] += time;
    m_service.of(stage).time.add(static_cast<std::uint64_t>(time.count()));
}

CallStep CallFlow::tryOnce(MonoTime now)
{
    ++m_end.attempts;
    m_since = now;
    if (m_deadline.passed(now)) {
        return reject(CallStage::deadline, {}, now);
    }
    pass(CallStage::deadline);
    const Admission* admission = m_service.m_parts.admission;
    if (admission != nullptr && admission->pressure() == Pressure::critical) {
        return reject(CallStage::admission, {}, now);
    }
    pass(CallStage::admission);
    if (!m_machines->limiter) {
        return askBreaker(now);
    }
    const Reservation taken = m_machines->limiter->use([&](ServiceLimiter& it) {
        return it.take({m_request.agent, m_request.action}, m_deadline.remaining(now), now);
    });
    if (!taken.granted) {
        return reject(CallStage::limiter, taken.wait, now);
    }
    m_reservation = taken;
    m_at = At::limiter;
    return taken.wait > Duration{} ? CallStep{CallStep::Do::wait, taken.wait} : waited(now);
}

CallStep CallFlow::waited(MonoTime now)
{
    if (m_at == At::backoff) {
        spend(CallStage::retry, now);
        m_machines = m_service.machines();
        return tryOnce(now);
    }
    m_reservation.reset();  // its tokens are spent
    spend(CallStage::limiter, now);
    pass(CallStage::limiter);
    return askBreaker(now);
}

bool CallFlow::takePermit(MonoTime now, std::optional<Duration>& retryAfter)
{
    const BreakerAnswer answer =
        m_machines->breaker->use([now](LoggedBreaker& it) { return it.permit(now); });
    m_service.publish(answer.moves);
    if (answer.admitted) {
        m_permit = answer.permit;
    }
    retryAfter = answer.retryAfter;
    return answer.admitted;
}

CallStep CallFlow::askBreaker(MonoTime now)
{
    if (m_machines->breaker) {
        std::optional<Duration> retryAfter;
        if (!takePermit(now, retryAfter)) {
            return reject(CallStage::breaker, retryAfter, now);
        }
        pass(CallStage::breaker);
    }
    return enterBulkhead(now);
}

CallStep CallFlow::enterBulkhead(MonoTime now)
{
    if (!m_machines->turnstile) {
        return act(now);
    }
    const auto [answer, inUse] = m_machines->turnstile->use([&](Turnstile& it) {
        const Bulkhead::Answer entry = it.enter(m_deadline, now);
        return std::pair(entry, it.inUse());
    });
    switch (answer.entry) {
        case Bulkhead::Entry::entered:
            m_inFlight = inUse;
            pass(CallStage::bulkhead);
            return act(now);
        case Bulkhead::Entry::waits:
            m_ticket = answer.ticket;
            m_at = At::queue;
            return {CallStep::Do::queue, answer.longest};
        case Bulkhead::Entry::refused:
            break;
    }
    givePermitBack(CallOutcome::cancelled(), now);
    return reject(CallStage::bulkhead, {}, now);
}

bool CallFlow::await(std::unique_ptr<TurnWaiter>& waiter)
{
    return m_machines->turnstile->use([&](Turnstile& it) { return it.wait(*m_ticket, waiter); });
}

CallStep CallFlow::queued(MonoTime now)
{
    const auto [entered, inUse] = m_machines->turnstile->use(
        [&](Turnstile& it) { return std::pair(it.settle(*m_ticket, now), it.inUse()); });
    m_ticket.reset();
    spend(CallStage::bulkhead, now);
    if (!entered) {
        givePermitBack(CallOutcome::cancelled(), now);
        return reject(CallStage::bulkhead, {}, now);
    }
    m_inFlight = inUse;
    pass(CallStage::bulkhead);
    // While it waited the breaker may have opened: nothing goes through an open one.
    const bool holds = !m_permit || m_machines->breaker->use([&](LoggedBreaker& it) {
        return it.begin(*m_permit, now);
    });
    std::optional<Duration> retryAfter;
    if (!holds) {
        m_permit.reset();
        if (!takePermit(now, retryAfter)) {
            leaveBulkhead(nullptr, now);
            return reject(CallStage::breaker, retryAfter, now);
        }
    }
    return act(now);
}

CallStep CallFlow::act(MonoTime now)
{
    m_at = At::action;
    m_since = now;
    return {CallStep::Do::act, std::min(m_request.timeout, m_deadline.remaining(now))};
}

CallStep CallFlow::acted(const AttemptEnd& attempt, MonoTime now)
{
    const MonoTime began = m_since;
    spend(CallStage::action, now);
    const CallOutcome& outcome = attempt.outcome;
    const bool succeeded = outcome.end == CallOutcome::End::succeeded;
    const bool late =
        outcome.end == CallOutcome::End::failed && outcome.failure == FailureClass::timeout;
    (late ? m_service.of(CallStage::timeout).rejected : m_service.of(CallStage::timeout).passed)
        .add();
    (succeeded ? m_service.of(CallStage::action).passed : m_service.of(CallStage::action).rejected)
        .add();
    givePermitBack(outcome, now);
    const AdaptiveSample sample{std::max(saturatingSubtract(now, began), Duration{}), m_inFlight,
                                isDrop(outcome)};
    leaveBulkhead(outcome.end == CallOutcome::End::cancelled ? nullptr : &sample, now);
    endAttempt(succeeded);
    m_end.stage = late ? CallStage::timeout : CallStage::action;
    if (succeeded) {
        m_end.kind = CallEnd::Kind::succeeded;
        return finish(now);
    }
    m_end.kind = CallEnd::Kind::failed;
    if (outcome.end == CallOutcome::End::cancelled) {
        return finish(now);
    }
    return retry({outcome.failure, false, attempt.retryAfter}, now);
}

void CallFlow::givePermitBack(CallOutcome outcome, MonoTime now)
{
    if (m_permit) {
        const BreakerPermit permit = *m_permit;
        m_permit.reset();
        m_service.publish(m_machines->breaker->use(
            [&](LoggedBreaker& it) { return it.report(permit, outcome, now); }));
    }
}

void CallFlow::leaveBulkhead(const AdaptiveSample* sample, MonoTime now)
{
    if (m_inFlight == 0) {
        return;
    }
    m_inFlight = 0;
    Turnstile::Woken woken;
    m_machines->turnstile->use([&](Turnstile& it) { it.leave(sample, now, woken); });
    tell(woken);
}

void CallFlow::endAttempt(bool succeeded)
{
    if (m_budget) {
        m_budget->use([&](RetryBudget& it) {
            it.attemptEnded(succeeded);
            if (m_retrying) {
                it.retryEnded();
            }
        });
        m_retrying = false;
    }
}

CallStep CallFlow::reject(CallStage stage, std::optional<Duration> retryAfter, MonoTime now)
{
    spend(stage, now);
    m_service.of(stage).rejected.add();
    m_end.kind = CallEnd::Kind::rejected;
    m_end.stage = stage;
    m_end.retryAfter = retryAfter;
    if (m_retrying) {
        m_budget->use([](RetryBudget& it) { it.retryEnded(); });
        m_retrying = false;
    }
    if (stage == CallStage::deadline) {
        m_end.stop = RetryStop::deadline;
        return finish(now);
    }
    return retry({FailureClass::rejected, true, retryAfter}, now);
}

CallStep CallFlow::retry(const RetryCause& cause, MonoTime now)
{
    if (!m_policy) {
        return finish(now);
    }
    const RetryDecision decision = m_policy->next(m_retries, cause, m_deadline, now, m_rng);
    m_end.stop = decision.stop;
    if (decision.stop == RetryStop::none &&
        !m_budget->use([now](RetryBudget& it) { return it.tryRetry(now); })) {
        m_end.stop = RetryStop::budget;
    }
    if (m_end.stop != RetryStop::none) {
        m_service.of(CallStage::retry).rejected.add();
        return finish(now);
    }
    pass(CallStage::retry);
    m_retrying = true;
    m_at = At::backoff;
    return {CallStep::Do::wait, decision.wait};
}

CallStep CallFlow::finish(MonoTime now)
{
    m_at = At::end;
    m_open = false;
    if (m_budget) {
        m_budget->use([this](RetryBudget& it) {
            if (m_retrying) {
                it.retryEnded();
            }
            it.callEnded();
        });
    }
    switch (m_end.kind) {
        case CallEnd::Kind::succeeded:
            m_service.m_succeeded.add();
            break;
        case CallEnd::Kind::failed:
            m_service.m_failed.add();
            break;
        case CallEnd::Kind::rejected:
            m_service.m_rejected.add();
            break;
    }
    m_service.m_latency.record(saturatingSubtract(now, m_began));
    trace(now);
    return {CallStep::Do::end, {}};
}

void CallFlow::trace(MonoTime now) const
{
    Publisher* publisher = m_service.m_parts.publisher;
    if (publisher == nullptr || !m_service.m_tracePace.pass(now)) {
        return;
    }
    const auto spent = [this](CallStage stage) {
        return std::int64_t{m_times[static_cast<std::size_t>(stage)].count()};
    };
    publisher->publish(EventType::callTraced, m_request.agent,
                       {{"service", m_service.m_name},
                        {"action", m_request.action},
                        {"number", m_request.number},
                        {"end", toString(m_end.kind)},
                        {"stage", toString(m_end.stage)},
                        {"stop", toString(m_end.stop)},
                        {"attempts", m_end.attempts},
                        {"total_ns", saturatingSubtract(now, m_began).count()},
                        {"limiter_ns", spent(CallStage::limiter)},
                        {"bulkhead_ns", spent(CallStage::bulkhead)},
                        {"action_ns", spent(CallStage::action)},
                        {"retry_ns", spent(CallStage::retry)}});
}

}  // namespace muster
