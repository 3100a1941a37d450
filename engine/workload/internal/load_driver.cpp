// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/load_driver.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace muster {
namespace {

/// Arrivals between two looks at the clock.
constexpr std::uint64_t kArrivalsPerLook = 1024;
/// The longest that the arrivals of one beat may keep the service thread.
constexpr Duration kLongestSpell = std::chrono::milliseconds(50);

}  // namespace

LoadGenerator::Impl::Impl(Runtime& runtime, std::unique_ptr<InputSource> input,
                          LoadGeneratorOptions options)
    : m_runtime(runtime),
      m_scheduler(runtime.scheduler()),
      m_clock(runtime.scheduler().clock()),
      m_options(std::move(options)),
      m_input(std::move(input)),
      m_profile(m_options.load.recorded ? LoadProfile(m_options.load.recorded)
                                        : LoadProfile(m_options.load.start, m_options.load.stages,
                                                      m_options.load.hold)),
      m_rotation(runtime.directory(), m_board),
      m_renewal(runtime, m_rotation, m_board),
      m_report(m_options.publisher, m_options.metrics, m_options.load.model),
      m_arrivals(m_options.load.model == ArrivalModel::closed)
{
}

void LoadGenerator::Impl::addTarget(LoadTarget target)
{
    const std::lock_guard lock(m_mutex);
    for (const AgentId id : target.agents) {
        m_rotation.add(id, target.queue, m_targets.size());
    }
    m_renewal.add(target);
    target.agents = {};
    m_targets.push_back(std::move(target));
}

void LoadGenerator::Impl::setUpBoard()
{
    const auto lost = [this](std::uint32_t agent, std::uint64_t number, const std::string* item) {
        const auto& member = m_rotation[agent];
        m_targets[member.target].setup->lost(item != nullptr ? std::string_view(*item) : "", number,
                                             member.id);
    };
    const bool closed = m_options.load.model == ArrivalModel::closed;
    LoadBoard::Heard heard;
    if (m_input->hearsEnds()) {
        heard = [this](std::uint64_t number, JobEnd end) { m_input->ended(number, end); };
    }
    m_board.setUp(
        m_rotation.size(), lost,
        [this, closed] {
            if (closed) {
                kick();
            }
        },
        std::move(heard));
    m_stopped.store(false, std::memory_order_release);
}

Result<void> LoadGenerator::Impl::start()
{
    const std::lock_guard lock(m_mutex);
    setUpBoard();
    auto opened = m_input->open([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->kick();
        }
    });
    if (!opened.ok()) {
        return opened.error();
    }
    m_lastBeat = m_clock.now();
    m_report.started(m_profile);
    m_timer = m_scheduler.every("load", m_options.beat, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->beat();
        }
    });
    return {};
}

void LoadGenerator::Impl::stop()
{
    TimerId timer;
    {
        const std::lock_guard lock(m_mutex);
        m_stopped.store(true, std::memory_order_release);
        timer = m_timer;
    }
    // Not while holding the mutex: it waits for a beat that is under way.
    m_scheduler.cancel(timer);
    m_input->stop();
}

void LoadGenerator::Impl::conclude(std::string_view reason)
{
    const std::lock_guard lock(m_mutex);
    for (ReturnedJob job; m_board.takeReturned(job);) {
        ++m_dropped;  // no agent gets it any more
        m_input->ended(job.number, JobEnd::untouched);
    }
    m_report.measure(progress());
    if (!m_finished) {
        m_finished = true;
        m_report.finished(progress(), reason);
    }
}

void LoadGenerator::Impl::kick()
{
    if (m_stopped.load(std::memory_order_acquire) || m_kicked.load(std::memory_order_relaxed) ||
        m_kicked.exchange(true, std::memory_order_acq_rel)) {
        return;
    }
    m_scheduler.after(Duration::zero(), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->beat();
        }
    });
}

void LoadGenerator::Impl::beat()
{
    // Before the work: what ends from now on calls for another beat.
    m_kicked.store(false, std::memory_order_release);
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped.load(std::memory_order_relaxed)) {
            return;
        }
        m_utilisation.begin(m_clock.now());
        const bool over = beatLocked();
        m_utilisation.end(m_clock.now());
        if (!over) {
            return;
        }
        m_finished = true;
        m_report.measure(progress());
        m_report.finished(progress(), m_finishReason);
        m_stopped.store(true, std::memory_order_release);
    }
    m_scheduler.cancel(m_timer);
    if (m_options.finished) {
        m_options.finished(m_finishReason);
    }
}

bool LoadGenerator::Impl::beatLocked()
{
    const MonoTime now = m_clock.now();
    m_rotation.beginBeat();
    if (!m_begun) {
        // The load's time starts with its first item, not while a directory is being opened.
        m_begun = peek() || m_inputOver;
        m_lastBeat = now;
    }
    const Duration passed = now - m_lastBeat;
    m_lastBeat = now;
    m_lag = std::max(passed - m_options.beat, Duration::zero());
    m_heldBack = m_options.behind && m_options.behind();
    m_share = m_options.share ? std::clamp(m_options.share(), 0.0, 1.0) : 1;
    m_busy = m_board.outstanding();
    if (m_begun) {
        renewAgents(passed);
        advance(now, passed);
    }
    m_report.measure(progress());
    return finished();
}

void LoadGenerator::Impl::renewAgents(Duration passed)
{
    const std::string before = m_renewal.problem();
    m_renewal.advance(passed);
    if (m_options.log && !m_renewal.problem().empty() && m_renewal.problem() != before) {
        m_options.log->warn("agents whose lifetime is over have no successor yet: {}",
                            m_renewal.problem());
    }
}

void LoadGenerator::Impl::advance(MonoTime now, Duration passed)
{
    m_stretches.clear();
    m_profile.advance(passed, m_stretches);
    m_report.stages(m_profile);
    if (m_options.load.model == ArrivalModel::open) {
        MonoTime from = now - passed;
        for (const auto& stretch : m_stretches) {
            arrivals(from, stretch);
            from = from + stretch.length;
        }
    } else if (!m_heldBack) {
        feedUsers(now);
    }
    // What an agent left untouched was due before, whatever the profile says now.
    while (!m_heldBack && !m_profile.paused() && m_board.anyReturned() &&
           dispatch(now) == Sent::yes) {
    }
    if (!m_heldBack) {
        releaseBurst(now);
    }
}

void LoadGenerator::Impl::arrivals(MonoTime from, const LoadProfile::Stretch& stretch)
{
    const double total = m_carry + stretch.arrivals;
    const auto count = static_cast<std::uint64_t>(total);
    const auto length = static_cast<double>(stretch.length.count());
    const auto dueAt = [&](std::uint64_t place) {
        const double share = (static_cast<double>(place) - m_carry) / stretch.arrivals;
        return from + Duration{static_cast<std::int64_t>(length * std::min(share, 1.0))};
    };
    const MonoTime begin = m_clock.now();
    const std::uint64_t before = m_offered;
    std::uint64_t without = 0;  // arrivals in a row that found no item yet
    std::uint64_t i = 1;
    for (; i <= count && !m_inputOver; ++i) {
        const Sent sent = due(dueAt(i));
        without = sent == Sent::noItem ? without + 1 : 0;
        const bool late = i % kArrivalsPerLook == 0 && m_clock.now() - begin > kLongestSpell;
        if (sent == Sent::noAgent || without == kArrivalsPerLook || late) {
            m_droppedLate += sent == Sent::yes ? count - i : 0;
            ++i;
            break;
        }
    }
    if (i <= count && !m_inputOver) {
        // The rest would meet the same: counting it one by one could take longer than the beat,
        // the next beat would have the more to do, and nothing else would get a turn.
        m_offered += count - i + 1;
        m_dropped += count - i + 1;
    }
    if (m_offered > before) {
        logArrivals(dueAt(1), dueAt(m_offered - before), before);
    }
    m_carry = total - static_cast<double>(count);
}

bool LoadGenerator::Impl::sheds() noexcept
{
    if (m_share >= 1) {
        return false;
    }
    // Evenly spread over the arrivals.
    m_shedCarry += 1 - m_share;
    if (m_shedCarry < 1) {
        return false;
    }
    m_shedCarry -= 1;
    ++m_shed;
    return true;
}

LoadGenerator::Impl::Sent LoadGenerator::Impl::due(MonoTime intended)
{
    if (sheds()) {
        ++m_offered;
        ++m_dropped;
        return Sent::shed;
    }
    const Sent sent = m_heldBack ? Sent::noAgent : dispatch(intended);
    if (sent == Sent::noItem && m_inputOver) {
        return sent;  // nothing is due any more
    }
    ++m_offered;
    if (sent != Sent::yes) {
        ++m_dropped;
    }
    return sent;
}

void LoadGenerator::Impl::feedUsers(MonoTime now)
{
    const auto users =
        static_cast<std::uint64_t>(std::llround(std::ceil(m_profile.target() * m_share)));
    const std::uint64_t before = m_offered;
    while (m_busy < users && dispatch(now) == Sent::yes) {
        ++m_offered;
    }
    logArrivals(now, now, before);
}

void LoadGenerator::Impl::releaseBurst(MonoTime now)
{
    const std::uint64_t before = m_offered;
    for (; m_burst > 0; --m_burst) {
        if (dispatch(now) != Sent::yes) {
            break;
        }
        ++m_offered;
    }
    // What of a burst no agent takes at once is dropped: it is an arrival like any other.
    m_offered += m_burst;
    m_dropped += m_burst;
    m_burst = 0;
    logArrivals(now, now, before);
}

bool LoadGenerator::Impl::peek()
{
    if (m_hasItem || m_inputOver) {
        return m_hasItem;
    }
    switch (m_input->take(m_item)) {
        case InputSource::Next::item:
            m_hasItem = true;
            break;
        case InputSource::Next::later:
            break;
        case InputSource::Next::over:
            m_inputOver = true;
            m_report.inputFinished(m_input->kind(), m_input->figures());
            break;
    }
    return m_hasItem;
}

std::uint64_t LoadGenerator::Impl::bound() const noexcept
{
    const std::uint64_t room = m_rotation.room();
    const std::uint64_t wanted = m_options.load.outstanding;
    return wanted == 0 ? room : std::min(wanted, room);
}

LoadGenerator::Impl::Sent LoadGenerator::Impl::dispatch(MonoTime intended)
{
    if (!m_board.anyReturned() && !peek()) {
        return Sent::noItem;
    }
    if (m_busy >= bound()) {
        return Sent::noAgent;
    }
    const auto agent = m_rotation.pick();
    if (!agent) {
        return Sent::noAgent;
    }
    ReturnedJob again;
    if (m_board.takeReturned(again)) {
        deliver(*agent, again.number, again.intended, std::move(again.item));
        return Sent::yes;
    }
    m_hasItem = false;
    m_input->given(m_nextNumber);
    deliver(*agent, m_nextNumber++, intended, std::move(m_item));
    return Sent::yes;
}

void LoadGenerator::Impl::deliver(std::uint32_t agent, std::uint64_t number, MonoTime intended,
                                  std::unique_ptr<const std::string> item)
{
    const auto& member = m_rotation[agent];
    m_board.sent(agent);
    ++m_busy;
    // A job that cannot be delivered comes back by its destruction, as untouched.
    const Delivery delivery =
        item || m_targets[member.target].setup->waits()
            ? m_runtime.send(member.id, ItemJob(m_board, number, agent, intended, std::move(item)))
            : m_runtime.send(member.id, Job(m_board, number, agent, intended));
    if (delivery == Delivery::noAgent || delivery == Delivery::closed) {
        m_rotation.remove(agent);
    } else if (!queued(delivery)) {
        m_rotation.endBeat();  // its mailbox holds other mail: no hurry
    }
}

bool LoadGenerator::Impl::finished()
{
    const std::uint64_t outstanding = m_board.outstanding();
    if (outstanding != 0) {
        return false;
    }
    if (m_rotation.living() == 0) {
        m_finishReason = "no agent is left to work";
    } else if (m_board.anyReturned()) {
        return false;
    } else if (m_inputOver && !m_hasItem) {
        m_finishReason = "the input was worked through";
    } else if (m_profile.over() && m_burst == 0) {
        m_finishReason = "the load profile is over";
    }
    return !m_finishReason.empty();
}

void LoadGenerator::Impl::burst(std::uint64_t count, std::string_view author)
{
    {
        const std::lock_guard lock(m_mutex);
        m_burst += count;
        m_report.burst(count, author);
    }
    kick();
}

LoadProgress LoadGenerator::Impl::progress() const
{
    LoadProgress out;
    out.offered = m_offered;
    out.achieved = m_board.answered();
    out.shed = m_shed;
    out.dropped = m_dropped;
    out.droppedLate = m_droppedLate;
    out.outstanding = m_board.outstanding();
    out.target = m_finished ? 0 : m_profile.target();
    out.lag = m_lag;
    out.saturation = m_utilisation.share().value_or(0);
    return out;
}

LoadFigures LoadGenerator::Impl::figures() const
{
    const std::lock_guard lock(m_mutex);
    const LoadProgress now = progress();
    LoadFigures out;
    out.model = m_options.load.model;
    out.paused = m_profile.paused();
    out.held = m_profile.held();
    out.recorded = m_profile.recorded();
    out.finished = m_finished;
    out.finishReason = m_finishReason;
    out.stages = m_profile.stages();
    out.start = m_profile.start();
    out.elapsed = m_profile.elapsed();
    out.stage = m_profile.stage();
    out.target = now.target;
    out.offered = now.offered;
    out.achieved = now.achieved;
    out.dropped = now.dropped;
    out.droppedLate = now.droppedLate;
    out.outstanding = now.outstanding;
    out.shed = m_shed;
    out.share = m_share;
    out.heldBack = m_heldBack;
    out.inputKind = m_input->kind();
    out.input = m_input->figures();
    out.lag = m_begun ? Reading::of(static_cast<double>(m_lag.count()))
                      : Reading::unknown("the load has not begun");
    out.saturation = m_utilisation.share() ? Reading::of(*m_utilisation.share())
                                           : Reading::unknown("the load began a moment ago");
    return out;
}

}  // namespace muster
