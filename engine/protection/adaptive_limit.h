// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "protection/steady_time.h"

namespace muster {

struct AdaptiveSettings {
    enum class Algorithm : std::uint8_t { aimd, gradient };

    Algorithm algorithm = Algorithm::gradient;
    std::uint32_t initial = 20;
    std::uint32_t floor = 20;  ///< never fewer calls at once
    std::uint32_t ceiling = 200;
    /// Calls grow the limit only while at least this share of it is in use.
    double inUse = 0.5;
    double backoff = 0.9;  ///< the limit times this after a call that was dropped
    // AIMD.
    Duration slow = std::chrono::seconds(5);  ///< longer than this is as good as dropped
    Duration between{};                       ///< two decreases, at least
    // Gradient.
    double tolerance = 1.5;          ///< times the usual latency that change nothing
    double smoothing = 0.2;          ///< the part of the new limit that is taken at once
    std::uint32_t longWindow = 600;  ///< calls over which the usual latency is averaged
    std::uint32_t queue = 4;         ///< calls that may wait in the dependency

    friend bool operator==(const AdaptiveSettings&, const AdaptiveSettings&) = default;
};

/// Errors: outOfRange, with the key in `where`.
[[nodiscard]] Result<void> validate(const AdaptiveSettings& settings);

/// One call that ended.
struct AdaptiveSample {
    Duration latency{};
    std::uint32_t inFlight = 0;  ///< calls at once when it began, itself among them
    bool dropped = false;        ///< timed out or rejected by the dependency
};

/// How many calls at once a dependency bears, found out from its latency: additive increase and
/// multiplicative decrease, or the gradient of the latency of now against the usual one. After
/// Netflix concurrency-limits (AIMDLimit, Gradient2Limit).
/// Pure. Thread safety: one thread at a time; Guarded<AdaptiveLimit> for many.
class AdaptiveLimit {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<AdaptiveLimit> create(const AdaptiveSettings& settings);

    void add(const AdaptiveSample& sample, MonoTime now);
    /// Between floor and ceiling.
    [[nodiscard]] std::uint32_t limit() const noexcept
    {
        return static_cast<std::uint32_t>(m_limit);
    }
    /// The gradient's: averaged over long. 0 before the first call.
    [[nodiscard]] Duration usualLatency() const noexcept
    {
        return Duration{static_cast<std::int64_t>(m_usual)};
    }
    /// Goes on from the limit that it found, within the new bounds. Errors: outOfRange, and
    /// nothing changed.
    [[nodiscard]] Result<void> change(const AdaptiveSettings& settings);
    [[nodiscard]] const AdaptiveSettings& settings() const noexcept { return m_settings; }

private:
    explicit AdaptiveLimit(const AdaptiveSettings& settings);
    void addAimd(const AdaptiveSample& sample, MonoTime time);
    void addGradient(const AdaptiveSample& sample, MonoTime time);
    void decrease(MonoTime time);
    [[nodiscard]] bool inUse(const AdaptiveSample& sample) const noexcept;
    void set(double limit) noexcept;

    AdaptiveSettings m_settings;
    SteadyTime m_time;
    double m_limit;
    double m_usual = 0;  // nanoseconds
    std::uint32_t m_samples = 0;
    MonoTime m_decreased{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace muster
