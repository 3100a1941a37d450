// SPDX-License-Identifier: Apache-2.0
#include "workload/load_profile.h"

#include <algorithm>

namespace muster {

std::string_view toString(ArrivalModel model) noexcept
{
    return model == ArrivalModel::open ? "open" : "closed";
}

LoadProfile::LoadProfile(double start, std::vector<ProfileStage> stages, bool hold)
    : m_start(std::max(start, 0.0)), m_stages(std::move(stages)), m_holdLast(hold)
{
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
}

void LoadProfile::advance(Duration time, std::vector<Stretch>& stretches)
{
    while (time > Duration::zero()) {
        if (m_paused || over()) {
            stretches.push_back({time, 0});
            return;
        }
        const Place begin = place(m_elapsed);
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
