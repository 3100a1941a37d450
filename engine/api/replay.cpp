// SPDX-License-Identifier: Apache-2.0
#include "api/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "documents/units.h"

namespace muster {

namespace {

/// A change wakes it sooner.
constexpr Duration kWhilePaused = std::chrono::seconds(1);

}  // namespace

Result<double> parseReplaySpeed(std::string_view text)
{
    if (text == "max") {
        return ReplayPace::kAtOnce;
    }
    const auto speed = parseNumber(text.starts_with("x") ? text.substr(1) : text);
    if (speed && *speed >= ReplayQuery::kLeastSpeed && *speed <= ReplayQuery::kMostSpeed) {
        return *speed;
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("expected a speed from {} to {} times that of then, or max, found "
                             "\"{}\"",
                             ReplayQuery::kLeastSpeed, ReplayQuery::kMostSpeed, text),
                 {},
                 {}};
}

std::string_view toString(ReplayState state) noexcept
{
    switch (state) {
        case ReplayState::playing:
            return "playing";
        case ReplayState::paused:
            return "paused";
        case ReplayState::done:
            return "done";
        case ReplayState::cancelled:
            return "cancelled";
        case ReplayState::failed:
            return "failed";
    }
    return "";
}

double ReplayProgress::share() const noexcept
{
    const auto length = static_cast<double>((range.to - range.from).count());
    const auto done = static_cast<double>((position - range.from).count());
    return state == ReplayState::done ? 1 : length > 0 ? std::clamp(done / length, 0.0, 1.0) : 0;
}

ReplayControl::ReplayControl(const ReplayQuery& query, std::shared_ptr<Clock> clock)
    : m_clock(std::move(clock)), m_pace(query.speed, query.paused, m_clock->now())
{
    m_progress.speed = query.speed;
    m_progress.state = query.paused ? ReplayState::paused : ReplayState::playing;
}

template <class Change>
void ReplayControl::change(Change&& make)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_progress.over()) {
            return;
        }
        const MonoTime now = m_clock->now();
        m_pace.holdBack(m_next, now);
        make(now);
        m_progress.speed = m_pace.speed();
        m_progress.state = m_pace.paused() ? ReplayState::paused : ReplayState::playing;
    }
    m_changed.notify_all();
    if (m_change) {
        m_change();
    }
}

void ReplayControl::pause()
{
    change([this](MonoTime now) { m_pace.pause(now); });
}

void ReplayControl::resume()
{
    change([this](MonoTime now) { m_pace.resume(now); });
}

void ReplayControl::step(std::uint64_t count)
{
    change([this, count](MonoTime now) { m_pace.step(count, now); });
}

void ReplayControl::setSpeed(double speed)
{
    change([this, speed](MonoTime now) { m_pace.setSpeed(speed, now); });
}

void ReplayControl::cancel()
{
    change([this](MonoTime) { m_cancelled = true; });
}

ReplayProgress ReplayControl::progress() const
{
    const std::lock_guard lock(m_mutex);
    ReplayProgress now = m_progress;
    if (!now.over()) {
        const Duration position = std::min(m_pace.position(m_clock->now()), m_next);
        now.position = std::clamp(now.range.from + position, now.range.from,
                                  std::max(now.range.from, now.range.to));
    }
    return now;
}

bool ReplayControl::pending() const
{
    const std::lock_guard lock(m_mutex);
    return m_pace.stepping();
}

ReplayProgress ReplayControl::wait() const
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_progress.over(); });
    return m_progress;
}

void ReplayControl::begin(RunId run, TimeRange range)
{
    const std::lock_guard lock(m_mutex);
    m_progress.run = run;
    m_progress.range = range;
    m_progress.position = range.from;
    // Its time begins now, not when it was asked for.
    m_pace.begin(m_clock->now());
}

ReplayControl::Turn ReplayControl::await(Duration at, Duration longest)
{
    std::unique_lock lock(m_mutex);
    m_next = std::max(m_next, at);
    const auto wait = m_pace.wait(at, m_clock->now());
    const auto before = wait ? std::min(*wait, longest) : kWhilePaused;
    if (!m_cancelled && before > Duration::zero()) {
        m_changed.wait_for(lock, before);
    }
    const MonoTime now = m_clock->now();
    const auto left = m_pace.wait(at, now);
    return {.over = m_cancelled,
            .due = !m_cancelled && left && *left <= Duration::zero(),
            .position = m_pace.position(now)};
}

void ReplayControl::played(const EventRow& event)
{
    {
        const std::lock_guard lock(m_mutex);
        m_pace.came(event.at - m_progress.range.from, m_clock->now());
        ++m_progress.played;
    }
    if (m_event) {
        m_event(event);
    }
}

void ReplayControl::end(ReplayState state, std::string hash, std::optional<Error> failure)
{
    {
        const std::lock_guard lock(m_mutex);
        m_progress.position = m_progress.range.from + m_pace.position(m_clock->now());
        m_progress.position =
            state == ReplayState::done
                ? m_progress.range.to
                : std::clamp(m_progress.position, m_progress.range.from,
                             std::max(m_progress.range.from, m_progress.range.to));
        m_progress.state = state;
        m_progress.hash = std::move(hash);
        m_progress.failure = std::move(failure);
    }
    m_changed.notify_all();
    if (m_change) {
        m_change();
    }
}

}  // namespace muster
