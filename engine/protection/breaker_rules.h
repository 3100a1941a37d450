// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protection/breaker_state.h"

namespace muster {

/// The thresholds of a breaker's settings, ready to be held against a tally in whole numbers.
/// Pure. Thread safety: any thread.
class BreakerRules {
public:
    /// The settings must be valid.
    explicit BreakerRules(const BreakerSettings& settings);

    /// Which threshold of the rates so many calls and more reach; none below `minimum` calls.
    [[nodiscard]] std::optional<MoveCause> reachedBy(const CallTally& tally,
                                                     std::uint32_t minimum) const noexcept;
    /// What a failure of the class counts as; `ignored` counts as nothing.
    [[nodiscard]] ClassRule::Counts counts(FailureClass failure) const noexcept
    {
        return failure == FailureClass::ignored
                   ? ClassRule::Counts::notAtAll
                   : m_classes[static_cast<std::size_t>(failure)].counts;
    }
    [[nodiscard]] bool isSlow(Duration took) const noexcept { return took > m_slowCall; }

    /// Failures in a row, together and by class.
    struct Rows {
        std::uint32_t all = 0;
        std::uint32_t ofClass = 0;
        std::uint8_t lastClass = CountedCall::kSucceeded;
    };
    /// Takes an outcome into the rows; true if one is now as long as its threshold.
    [[nodiscard]] bool extend(Rows& rows, std::uint8_t failure) const noexcept;

private:
    struct OfClass {
        ClassRule::Counts counts = ClassRule::Counts::asFailure;
        std::uint64_t rate = 0;         // parts in a million; 0: judged with the others
        std::uint32_t consecutive = 0;  // 0: judged with the others
    };

    std::uint64_t m_failureRate;  // parts in a million
    std::uint64_t m_slowRate;
    Duration m_slowCall;
    std::uint32_t m_consecutive;
    bool m_classRates = false;
    std::array<OfClass, kFailureClasses> m_classes;
};

}  // namespace muster
