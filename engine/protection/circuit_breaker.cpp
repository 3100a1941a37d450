// SPDX-License-Identifier: Apache-2.0
#include "protection/circuit_breaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

// Steps that multiply a wait by 1.001 and more have long reached any cap by then.
constexpr std::uint32_t kMostOpenings = 1'000'000;

std::optional<double> shareOf(std::uint32_t part, const CallTally& tally,
                              std::uint32_t minimum) noexcept
{
    return tally.calls < minimum ? std::nullopt
                                 : std::optional(static_cast<double>(part) / tally.calls);
}

}  // namespace

Result<CircuitBreaker> CircuitBreaker::create(BreakerSettings settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return CircuitBreaker(std::move(settings));
}

CircuitBreaker::CircuitBreaker(BreakerSettings settings)
    : m_rules(settings), m_window(settings.window), m_settings(std::move(settings))
{
}

BreakerAnswer CircuitBreaker::permit(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    BreakerAnswer answer;
    if (admits(time, answer.moves)) {
        answer.admitted = true;
        answer.permit = {m_generation, time, m_state != BreakerState::disabled, 0};
        m_counts.admitted += answer.permit.counted ? 1 : 0;
    } else {
        answer.retryAfter = retryAfter(time);
        ++m_counts.rejected;
    }
    return answer;
}

bool CircuitBreaker::admits(MonoTime time, BreakerMoves& moves)
{
    if (m_state == BreakerState::closed) {
        return true;
    }
    settle(time, moves);
    if (m_state == BreakerState::open && time >= blockedUntil()) {
        enter(BreakerState::halfOpen, MoveCause::waitOver, time, moves);
    }
    switch (m_state) {
        case BreakerState::closed:
        case BreakerState::disabled:
        case BreakerState::metricsOnly:
            return true;
        case BreakerState::halfOpen:
            return m_trial.admit(m_settings.halfOpen);
        case BreakerState::open:
        case BreakerState::forcedOpen:
            break;
    }
    return false;
}

bool CircuitBreaker::begin(BreakerPermit& permit, MonoTime now)
{
    permit.since = m_time.at(now);
    if (permit.generation == m_generation) {
        return true;
    }
    m_counts.late += permit.counted ? 1 : 0;
    return false;
}

BreakerMoves CircuitBreaker::report(const BreakerPermit& permit, CallOutcome outcome, MonoTime now)
{
    BreakerMoves moves;
    const MonoTime time = m_time.at(now);
    settle(time, moves);
    if (!permit.counted) {
        return moves;
    }
    if (permit.generation != m_generation) {
        ++m_counts.late;
        return moves;
    }
    const auto counts = outcome.end == CallOutcome::End::failed ? m_rules.counts(outcome.failure)
                                                                : ClassRule::Counts::asSuccess;
    if (outcome.end == CallOutcome::End::cancelled || counts == ClassRule::Counts::notAtAll) {
        ++(outcome.end == CallOutcome::End::cancelled ? m_counts.cancelled : m_counts.ignored);
        if (m_state == BreakerState::halfOpen) {
            m_trial.giveBack();
        }
        return moves;
    }
    CountedCall call;
    call.slow = m_rules.isSlow(time - permit.since);
    if (counts == ClassRule::Counts::asFailure) {
        call.failure = static_cast<std::uint8_t>(outcome.failure);
    }
    count(call, time, moves);
    return moves;
}

void CircuitBreaker::count(CountedCall call, MonoTime time, BreakerMoves& moves)
{
    m_counts.slow += call.slow ? 1 : 0;
    ++(call.failure == CountedCall::kSucceeded ? m_counts.succeeded
                                               : m_counts.failed[call.failure]);
    if (m_state == BreakerState::halfOpen) {
        decide(call, time, moves);
        return;
    }
    m_window.add(call, time);
    const bool row = m_rules.extend(m_rows, call.failure);
    if (m_state != BreakerState::closed) {
        return;
    }
    if (row) {
        enter(BreakerState::open, MoveCause::consecutiveFailures, time, moves);
    } else if (const auto cause = m_rules.reachedBy(m_window.sum(), m_settings.minimumCalls)) {
        enter(BreakerState::open, *cause, time, moves);
    }
}

void CircuitBreaker::decide(CountedCall call, MonoTime time, BreakerMoves& moves)
{
    switch (m_trial.add(call, m_settings.halfOpen, m_rules, time)) {
        case HalfOpenTrial::Verdict::undecided:
            break;
        case HalfOpenTrial::Verdict::passed:
            enter(BreakerState::closed, MoveCause::probesSucceeded, time, moves);
            break;
        case HalfOpenTrial::Verdict::failed:
            enter(BreakerState::open, MoveCause::probesFailed, time, moves);
            break;
    }
}

void CircuitBreaker::settle(MonoTime time, BreakerMoves& moves)
{
    if (m_state == BreakerState::halfOpen && time >= m_trial.end()) {
        const bool open = m_settings.halfOpen.whenOver == HalfOpenSettings::WhenOver::open;
        enter(open ? BreakerState::open : BreakerState::closed, MoveCause::halfOpenOver,
              m_trial.end(), moves);
    }
    if (m_state == BreakerState::open && m_settings.open.automatic && time >= blockedUntil()) {
        enter(BreakerState::halfOpen, MoveCause::waitOver, time, moves);
    }
}

void CircuitBreaker::enter(BreakerState to, MoveCause cause, MonoTime time, BreakerMoves& moves)
{
    const bool shut = m_state == BreakerState::open || m_state == BreakerState::forcedOpen;
    const CallTally tally = m_state == BreakerState::halfOpen ? m_trial.tally()
                            : shut                            ? CallTally{}
                                                              : m_window.sum();
    BreakerMove move{m_state, to, cause, tally, Duration{}};
    ++m_generation;
    m_rows = {};
    const bool wasClosed = m_state == BreakerState::closed;
    if (to == BreakerState::open) {
        const bool anew = wasClosed && time - m_since >= m_settings.open.calm;
        m_openings = anew ? 1 : std::min(m_openings + 1, kMostOpenings);
        ++m_counts.opened;
    }
    m_state = to;
    m_since = time;
    switch (to) {
        case BreakerState::halfOpen:
            m_trial.begin(m_settings.halfOpen, time);
            break;
        case BreakerState::open:
            move.wait = openWait();
            break;
        case BreakerState::closed:
        case BreakerState::metricsOnly:
            m_window.clear();
            break;
        case BreakerState::forcedOpen:
        case BreakerState::disabled:
            break;
    }
    moves.add(move);
}

Duration CircuitBreaker::openWait() const noexcept
{
    const double times = m_openings < 2 || m_settings.open.factor == 1
                             ? 1
                             : std::pow(m_settings.open.factor, m_openings - 1);
    const OpenSettings& open = m_settings.open;
    return std::min(saturatingScale(open.wait, times), std::max(open.longest, open.wait));
}

MonoTime CircuitBreaker::blockedUntil() const noexcept
{
    return saturatingAdd(m_since, openWait());
}

std::optional<Duration> CircuitBreaker::retryAfter(MonoTime time) const noexcept
{
    return m_state == BreakerState::open
               ? std::optional(std::max(blockedUntil() - time, Duration{}))
               : std::nullopt;
}

BreakerMoves CircuitBreaker::poll(MonoTime now)
{
    BreakerMoves moves;
    settle(m_time.at(now), moves);
    return moves;
}

Result<BreakerMoves> CircuitBreaker::moveTo(BreakerState state, MonoTime now)
{
    if (!mayMove(m_state, state)) {
        return Error{ErrorCode::conflict,
                     fmt::format("a breaker that is {} cannot become {}", toString(m_state),
                                 toString(state)),
                     "", "Choose another state, or reset the breaker"};
    }
    BreakerMoves moves;
    enter(state, MoveCause::operatorMoved, m_time.at(now), moves);
    return moves;
}

BreakerMoves CircuitBreaker::reset(MonoTime now)
{
    BreakerMoves moves;
    enter(BreakerState::closed, MoveCause::operatorReset, m_time.at(now), moves);
    m_openings = 0;
    return moves;
}

Result<void> CircuitBreaker::change(BreakerSettings settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    const MonoTime time = m_time.at(now);
    m_window.reshape(settings.window, time);
    m_rules = BreakerRules(settings);
    m_settings = std::move(settings);
    if (m_state == BreakerState::halfOpen && m_trial.isExhausted(m_settings.halfOpen)) {
        m_trial.begin(m_settings.halfOpen, time);
    }
    return {};
}

BreakerView CircuitBreaker::view(MonoTime now) const
{
    SteadyTime steady = m_time;
    OutcomeWindow window = m_window;
    const MonoTime time = steady.at(now);
    const bool trial = m_state == BreakerState::halfOpen;
    BreakerView view;
    view.state = m_state;
    view.tally = trial ? m_trial.tally() : window.sum(time);
    const std::uint32_t minimum = trial ? m_settings.halfOpen.probes : m_settings.minimumCalls;
    view.failureRate = shareOf(view.tally.failed(), view.tally, minimum);
    view.slowRate = shareOf(view.tally.slow, view.tally, minimum);
    view.retryAfter = retryAfter(time);
    view.probes = trial ? m_trial.underWay() : 0;
    const bool blocks = m_state == BreakerState::open || m_state == BreakerState::forcedOpen;
    view.share = trial ? m_trial.share(m_settings.halfOpen) : blocks ? 0 : 1;
    view.openings = m_openings;
    view.counts = m_counts;
    return view;
}

}  // namespace muster
