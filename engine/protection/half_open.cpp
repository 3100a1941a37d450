// SPDX-License-Identifier: Apache-2.0
#include "protection/half_open.h"

#include <algorithm>
#include <cmath>

#include "protection/saturating.h"

namespace muster {
namespace {

constexpr std::uint64_t kCall = 1'000'000;

std::uint64_t millionths(double share) noexcept
{
    return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(kCall)));
}

bool ramps(const HalfOpenSettings& settings) noexcept
{
    return settings.decide == HalfOpenSettings::Decide::ramp;
}

}  // namespace

void HalfOpenTrial::begin(const HalfOpenSettings& settings, MonoTime now)
{
    m_step = 0;
    m_underWay = 0;
    beginStep(settings, now);
}

void HalfOpenTrial::beginStep(const HalfOpenSettings& settings, MonoTime now)
{
    m_end = saturatingAdd(now, settings.longest);
    m_credit = kCall - millionths(share(settings));  // the first call is a probe
    m_tally = {};
}

double HalfOpenTrial::share(const HalfOpenSettings& settings) const noexcept
{
    // The ramp may have become shorter under way.
    return ramps(settings) ? settings.ramp[std::min(m_step, settings.ramp.size() - 1)] : 1;
}

bool HalfOpenTrial::admit(const HalfOpenSettings& settings) noexcept
{
    if (!ramps(settings)) {
        if (m_underWay + m_tally.calls >= settings.probes) {
            return false;
        }
        ++m_underWay;
        return true;
    }
    m_credit = std::min(m_credit + millionths(share(settings)), 2 * kCall);
    if (m_credit < kCall || (m_step == 0 && m_underWay >= settings.probes)) {
        return false;
    }
    m_credit -= kCall;
    ++m_underWay;
    return true;
}

HalfOpenTrial::Verdict HalfOpenTrial::add(CountedCall call, const HalfOpenSettings& settings,
                                          const BreakerRules& rules, MonoTime now)
{
    --m_underWay;
    call.addTo(m_tally);
    if (settings.decide == HalfOpenSettings::Decide::allSucceed) {
        if (m_tally.failed() > 0) {
            return Verdict::failed;
        }
        return m_tally.calls >= settings.probes ? Verdict::passed : Verdict::undecided;
    }
    if (m_tally.calls < settings.probes) {
        return Verdict::undecided;
    }
    if (rules.reachedBy(m_tally, settings.probes)) {
        return Verdict::failed;
    }
    if (ramps(settings) && m_step + 1 < settings.ramp.size()) {
        ++m_step;
        beginStep(settings, now);
        return Verdict::undecided;
    }
    return Verdict::passed;
}

}  // namespace muster
