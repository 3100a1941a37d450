// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "protection/failure_class.h"

namespace muster {

/// Which outcomes a closed breaker judges by.
struct BreakerWindow {
    enum class Kind : std::uint8_t { count, time };

    Kind kind = Kind::time;
    std::uint32_t calls = 100;                   ///< the last so many, if by count
    Duration length = std::chrono::seconds(10);  ///< the last so long, if by time
    std::uint32_t buckets = 10;                  ///< in so many steps, if by time

    friend bool operator==(const BreakerWindow&, const BreakerWindow&) = default;
};

/// What a class of failures means to a breaker. A class with a threshold of its own is judged
/// by that and left out of the common one.
struct ClassRule {
    enum class Counts : std::uint8_t { asFailure, asSuccess, notAtAll };

    Counts counts = Counts::asFailure;
    std::optional<double> rate;     ///< share of all calls at which the breaker opens
    std::uint32_t consecutive = 0;  ///< so many in a row open it; 0: none do

    friend bool operator==(const ClassRule&, const ClassRule&) = default;
};

/// How long a breaker stays open.
struct OpenSettings {
    Duration wait = std::chrono::seconds(30);
    double factor = 1;                            ///< longer by it each time it opens again
    Duration longest = std::chrono::minutes(10);  ///< however often it opened, unless wait is
    Duration calm{};                              ///< closed for so long, it begins anew
    bool automatic = false;  ///< half-open when the wait is over, not when the next call comes

    friend bool operator==(const OpenSettings&, const OpenSettings&) = default;
};

/// How a half-open breaker decides.
struct HalfOpenSettings {
    enum class Decide : std::uint8_t {
        rate,        ///< after so many probes, by the thresholds of the closed state
        allSucceed,  ///< the first that fails opens it again
        ramp,        ///< by rate, at each of the shares of calls that it admits in turn
    };
    enum class WhenOver : std::uint8_t { open, close };

    Decide decide = Decide::rate;
    std::uint32_t probes = 10;  ///< at once and in all; in a ramp at once at its first share only
    Duration longest = std::chrono::seconds(30);       ///< of it, or of one share of the ramp
    WhenOver whenOver = WhenOver::open;                ///< undecided for so long
    std::vector<double> ramp{0.10, 0.25, 0.50, 0.75};  ///< rising shares of the calls

    friend bool operator==(const HalfOpenSettings&, const HalfOpenSettings&) = default;
};

struct BreakerSettings {
    BreakerWindow window;
    std::uint32_t minimumCalls = 20;               ///< rates are undefined below it
    double failureRate = 0.5;                      ///< share of calls at which it opens
    double slowRate = 1.0;                         ///< share of slow calls at which it opens
    Duration slowCall = std::chrono::seconds(60);  ///< longer than this is slow
    std::uint32_t consecutiveFailures = 0;         ///< so many in a row open it; 0: none do
    std::array<ClassRule, kFailureClasses> classes;
    OpenSettings open;
    HalfOpenSettings halfOpen;

    friend bool operator==(const BreakerSettings&, const BreakerSettings&) = default;
};

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const BreakerSettings& settings);

}  // namespace muster
