// SPDX-License-Identifier: Apache-2.0
#include "workload/load_profile.h"

#include <algorithm>
#include <cmath>

namespace muster {

namespace {

/// A part of the outline is at least so long.
constexpr Duration kOutlinePart = std::chrono::seconds(1);

}  // namespace

std::string_view toString(ArrivalModel model) noexcept
{
    return model == ArrivalModel::open ? "open" : "closed";
}

LoadProfile::LoadProfile(double start, std::vector<ProfileStage> stages, bool hold)
    : m_start(std::max(start, 0.0)), m_stages(std::move(stages)), m_holdLast(hold)
{
}

LoadProfile::LoadProfile(std::shared_ptr<const LoadFile> recorded) : m_recorded(std::move(recorded))
{
    const Duration length = m_recorded->length;
    const auto parts = static_cast<std::size_t>(
        std::clamp<std::int64_t>(length / kOutlinePart, 1, std::int64_t{kMostOutline}));
    const auto counts = countIn(m_recorded->runs, length, parts);
    Duration begin{};
    for (std::size_t i = 0; i < parts; ++i) {
        const Duration end = i + 1 == parts ? length
                                            : length / static_cast<std::int64_t>(parts) *
                                                  static_cast<std::int64_t>(i + 1);
        const double seconds = static_cast<double>((end - begin).count()) / 1e9;
        const double rate = static_cast<double>(counts[i]) / seconds;
        m_start = i == 0 ? rate : m_start;
        m_stages.push_back({end - begin, rate});
        begin = end;
    }
}

LoadProfile::Place LoadProfile::place(Duration elapsed) const noexcept
{
    Place place;
    place.into = elapsed;
    while (place.stage < m_stages.size() && place.into >= m_stages[place.stage].length) {
        place.into -= m_stages[place.stage].length;
        ++place.stage;
    }
    return place;
}

double LoadProfile::from(std::size_t stage) const noexcept
{
    return stage == 0 ? m_start : m_stages[stage - 1].target;
}

double LoadProfile::shape(const Place& place) const noexcept
{
    if (place.stage >= m_stages.size()) {
        return holdsLast() ? from(place.stage) : 0;
    }
    const auto& stage = m_stages[place.stage];
    const double share =
        static_cast<double>(place.into.count()) / static_cast<double>(stage.length.count());
    return from(place.stage) + (stage.target - from(place.stage)) * share;
}

double LoadProfile::adjusted(double shape) const noexcept
{
    return std::max(0.0, m_held ? *m_held : shape + m_step);
}

bool LoadProfile::over() const noexcept
{
    return !holdsLast() && place(m_elapsed).stage >= m_stages.size();
}

double LoadProfile::target() const noexcept
{
    return m_paused || over() ? 0 : adjusted(shape(place(m_elapsed)));
}

std::size_t LoadProfile::stage() const noexcept
{
    return place(m_elapsed).stage;
}

void LoadProfile::reshape(double start, std::vector<ProfileStage> stages)
{
    m_start = std::max(start, 0.0);
    m_stages = std::move(stages);
    m_recorded.reset();
}

void LoadProfile::advanceRecorded(Duration time, std::vector<Stretch>& stretches)
{
    const Duration end = m_elapsed + time;
    Duration at = m_elapsed;
    const auto& runs = m_recorded->runs;
    for (; m_run < runs.size() && runs[m_run].at(m_place) < end; ++m_run, m_place = 0) {
        const ArrivalRun& run = runs[m_run];
        // The first by itself: only what is between two has a pace.
        const Duration first = std::max(run.at(m_place), at);
        stretches.push_back({first - at, 0});
        stretches.push_back({Duration::zero(), 1});
        at = first;
        const std::uint64_t begin = m_place + 1;
        const std::uint64_t last = countBefore(run, end);
        if (begin < last) {
            const Duration until = run.at(last - 1);
            stretches.push_back({until - at, static_cast<double>(last - begin)});
            at = until;
        }
        if (last < run.count) {
            m_place = last;
            break;
        }
    }
    stretches.push_back({end - at, 0});
}

void LoadProfile::advance(Duration time, std::vector<Stretch>& stretches)
{
    while (time > Duration::zero()) {
        if (m_paused || over()) {
            stretches.push_back({time, 0});
            return;
        }
        const Place begin = place(m_elapsed);
        if (m_recorded) {
            const Duration left = m_recorded->length - m_elapsed;
            const Duration length = std::min(time, left);
            const std::size_t had = stretches.size();
            advanceRecorded(length, stretches);
            if (m_held) {
                // Their time goes by all the same.
                stretches.resize(had);
                stretches.push_back({length, *m_held * static_cast<double>(length.count()) / 1e9});
            }
            m_elapsed += length;
            time -= length;
            continue;
        }
        Duration length = time;
        Place end = begin;
        if (begin.stage < m_stages.size()) {
            length = std::min(time, m_stages[begin.stage].length - begin.into);
            // Still in the same stage, so that a step at its end does not count yet.
            end.into = begin.into + length;
        }
        const double seconds = static_cast<double>(length.count()) / 1e9;
        const double mean = (adjusted(shape(begin)) + adjusted(shape(end))) / 2;
        stretches.push_back({length, mean * seconds});
        m_elapsed += length;
        time -= length;
    }
}

}  // namespace muster
