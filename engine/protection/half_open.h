// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protection/breaker_rules.h"

namespace muster {

/// A half-open breaker's trial: which calls are let through as probes, and what they prove. It
/// ends by itself: at its latest when a time without a decision is over.
/// Pure; the times are steady. Thread safety: one thread at a time.
class HalfOpenTrial {
public:
    enum class Verdict : std::uint8_t { undecided, passed, failed };

    /// The settings must be valid.
    void begin(const HalfOpenSettings& settings, MonoTime now);

    /// Whether this call is a probe.
    [[nodiscard]] bool admit(const HalfOpenSettings& settings) noexcept;
    /// A probe that says nothing: another may go in its place.
    void giveBack() noexcept { --m_underWay; }
    [[nodiscard]] Verdict add(CountedCall call, const HalfOpenSettings& settings,
                              const BreakerRules& rules, MonoTime now);
    /// Fewer probes are asked for than there were, so that none is left to decide.
    [[nodiscard]] bool isExhausted(const HalfOpenSettings& settings) const noexcept
    {
        return m_underWay == 0 && m_tally.calls >= settings.probes;
    }
    /// When it is over undecided.
    [[nodiscard]] MonoTime end() const noexcept { return m_end; }
    [[nodiscard]] const CallTally& tally() const noexcept { return m_tally; }
    [[nodiscard]] std::uint32_t underWay() const noexcept { return m_underWay; }
    /// The share of calls that is admitted now.
    [[nodiscard]] double share(const HalfOpenSettings& settings) const noexcept;

private:
    void beginStep(const HalfOpenSettings& settings, MonoTime now);

    MonoTime m_end;
    std::size_t m_step = 0;        // of the ramp
    std::uint64_t m_credit = 0;    // towards the next call's admission, in millionths of a call
    std::uint32_t m_underWay = 0;  // probes without an outcome
    CallTally m_tally;             // of the step
};

}  // namespace muster
