// SPDX-License-Identifier: Apache-2.0
#include "protection/outcome_window.h"

#include <algorithm>

#include "protection/saturating.h"

namespace muster {
namespace {

CallTally tallyOf(CountedCall call) noexcept
{
    CallTally tally;
    call.addTo(tally);
    return tally;
}

}  // namespace

CallTally& CallTally::operator+=(const CallTally& other) noexcept
{
    calls += other.calls;
    slow += other.slow;
    for (std::size_t i = 0; i < failures.size(); ++i) {
        failures[i] += other.failures[i];
    }
    return *this;
}

CallTally& CallTally::operator-=(const CallTally& other) noexcept
{
    calls -= other.calls;
    slow -= other.slow;
    for (std::size_t i = 0; i < failures.size(); ++i) {
        failures[i] -= other.failures[i];
    }
    return *this;
}

OutcomeWindow::OutcomeWindow(const BreakerWindow& settings)
    : m_settings(settings),
      m_bucket(settings.length / settings.buckets),
      m_bucketEnd{std::numeric_limits<std::int64_t>::min()}
{
    if (settings.kind == BreakerWindow::Kind::time) {
        m_buckets.resize(settings.buckets);
    } else {
        m_calls.reserve(settings.calls);
    }
}

void OutcomeWindow::clear() noexcept
{
    m_sum = {};
    m_newest = 0;
    std::ranges::fill(m_buckets, CallTally{});
    m_calls.clear();
}

void OutcomeWindow::turn(MonoTime now)
{
    const std::int64_t behind = saturatingSubtract(now, m_bucketEnd) / m_bucket + 1;
    if (behind >= static_cast<std::int64_t>(m_buckets.size())) {
        clear();
        const std::int64_t into =
            (now.nanoseconds % m_bucket.count() + m_bucket.count()) % m_bucket.count();
        m_bucketEnd = saturatingAdd(now, m_bucket - Duration{into});
        return;
    }
    for (std::int64_t i = 0; i < behind; ++i) {
        m_newest = (m_newest + 1) % m_buckets.size();
        m_sum -= m_buckets[m_newest];
        m_buckets[m_newest] = {};
    }
    m_bucketEnd = saturatingAdd(m_bucketEnd, m_bucket * behind);
}

void OutcomeWindow::addToRing(CountedCall call)
{
    call.addTo(m_sum);
    if (m_calls.size() < m_settings.calls) {
        m_calls.push_back(call);
        return;
    }
    m_sum -= tallyOf(m_calls[m_newest]);  // the oldest, in whose place it comes
    m_calls[m_newest] = call;
    m_newest = m_newest + 1 == m_calls.size() ? 0 : m_newest + 1;
}

void OutcomeWindow::addAll(const CallTally& tally)
{
    // Each property in the share of calls that had it; which calls had two is not known any more.
    const std::uint32_t calls = std::min(tally.calls, m_settings.calls);
    const auto scaled = [&](std::uint32_t part) {
        return static_cast<std::uint32_t>(std::uint64_t{part} * calls / tally.calls);
    };
    std::vector<CountedCall> all(calls);
    std::size_t next = 0;
    for (std::size_t failure = 0; failure < kFailureClasses; ++failure) {
        for (std::uint32_t i = 0; i < scaled(tally.failures[failure]); ++i) {
            all[next++].failure = static_cast<std::uint8_t>(failure);
        }
    }
    for (std::uint32_t i = 0; i < scaled(tally.slow); ++i) {
        all[i].slow = true;
    }
    std::ranges::for_each(all, [this](CountedCall call) { addToRing(call); });
}

void OutcomeWindow::reshape(const BreakerWindow& settings, MonoTime now)
{
    if (settings == m_settings) {
        return;
    }
    const CallTally counted = sum(now);
    *this = OutcomeWindow(settings);
    if (counted.calls == 0) {
        return;
    }
    if (settings.kind == BreakerWindow::Kind::count) {
        addAll(counted);
        return;
    }
    turn(now);
    m_buckets[m_newest] = counted;
    m_sum = counted;
}

}  // namespace muster
