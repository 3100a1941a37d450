// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace muster {

/// How hard a resource, or the engine as a whole, is pressed.
enum class Pressure : std::uint8_t { normal, elevated, severe, critical };

[[nodiscard]] std::string_view toString(Pressure level) noexcept;

/// Shares of the limit (0…1) at which each level begins. Each can be set alone.
struct PressureThresholds {
    static constexpr double kNever = std::numeric_limits<double>::infinity();

    double elevated = 0.80;  ///< the warning
    double severe = 0.90;
    double critical = 0.95;
    double hysteresis = 0.02;                   ///< how far below its threshold a level is left
    Duration grace = std::chrono::seconds(1);   ///< before elevated and severe are entered
    Duration stable = std::chrono::seconds(5);  ///< below before any level is left

    /// Measured and shown, but no level begins.
    [[nodiscard]] static constexpr PressureThresholds never() noexcept
    {
        return {.elevated = kNever, .severe = kNever, .critical = kNever};
    }
    /// Where the first level begins.
    [[nodiscard]] double lowest() const noexcept;

    friend bool operator==(const PressureThresholds&, const PressureThresholds&) = default;
};

/// The level of one resource. Elevated and severe are soft: entered once the share has stayed
/// at their threshold for the grace. Critical is hard: entered at once. A level is left only
/// when the share has stayed below it, by the hysteresis, for the stable time. After
/// Kubernetes' node pressure. Pure: depends on what it was given only.
/// Thread safety: one thread at a time.
class PressureGauge {
public:
    explicit PressureGauge(PressureThresholds thresholds = {}) : m_thresholds(thresholds) {}

    /// A time before the last one counts as the last one.
    Pressure update(double share, MonoTime now);
    [[nodiscard]] Pressure level() const noexcept { return m_level; }
    /// Takes effect at the next update; what was reached stays until then.
    void setThresholds(PressureThresholds thresholds) noexcept { m_thresholds = thresholds; }
    [[nodiscard]] const PressureThresholds& thresholds() const noexcept { return m_thresholds; }

private:
    /// One level's switch: on or off, and since when the share asks for the other.
    struct Switch {
        bool on = false;
        std::optional<MonoTime> otherSince;

        void update(bool wanted, bool keepsOn, Duration grace, Duration stable, MonoTime now);
    };

    PressureThresholds m_thresholds;
    std::array<Switch, 3> m_switches;
    Pressure m_level = Pressure::normal;
    MonoTime m_now;
};

}  // namespace muster
