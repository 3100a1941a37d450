// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "operations/load_file.h"

namespace muster {

/// open: arrivals at a rate, whether or not the ones before were answered. closed: users that each
/// send the next job once the last was answered.
enum class ArrivalModel : std::uint8_t { open, closed };

[[nodiscard]] std::string_view toString(ArrivalModel model) noexcept;

/// A straight way to a target: arrivals per second (open) or users (closed).
struct ProfileStage {
    Duration length{};
    double target = 0;  ///< at its end
};

/// How much load is wanted when: stages, or arrivals as they were recorded, on a clock of its own
/// that stands still while paused, steps and a held rate on top, all changeable while it runs. A
/// pure state machine: time comes in as how much of it passed. Thread safety: one thread at a time.
class LoadProfile {
public:
    LoadProfile() = default;
    /// No stages: `start` for ever. `hold`: after the last stage its target stays, and the
    /// profile is never over.
    LoadProfile(double start, std::vector<ProfileStage> stages, bool hold = false);
    /// The arrivals of a file, each at its own time. Its stages are only their outline, of at most
    /// kMostOutline parts.
    explicit LoadProfile(std::shared_ptr<const LoadFile> recorded);
    static constexpr std::size_t kMostOutline = 60;

    /// A stretch of time with one even rate of arrivals.
    struct Stretch {
        Duration length{};
        double arrivals = 0;  ///< the target's integral over it
    };

    /// Lets `time` pass and appends its stretches, cut where stages meet. While paused or over,
    /// they hold no arrivals.
    void advance(Duration time, std::vector<Stretch>& stretches);

    /// Wanted now: 0 while paused or over, the held rate while one is held.
    [[nodiscard]] double target() const noexcept;
    [[nodiscard]] bool over() const noexcept;

    void pause() noexcept { m_paused = true; }
    void resume() noexcept { m_paused = false; }
    [[nodiscard]] bool paused() const noexcept { return m_paused; }
    /// Adds to every target from now on, less with a negative one; targets stay ≥ 0. Recorded
    /// arrivals come as they came all the same.
    void step(double by) noexcept { m_step += by; }
    [[nodiscard]] double stepped() const noexcept { return m_step; }
    /// Holds this target instead of the stages', whose time goes on; nothing lets go.
    void hold(std::optional<double> target) noexcept { m_held = target; }
    [[nodiscard]] bool held() const noexcept { return m_held.has_value(); }
    /// New stages in place of the old; the time that passed stays, so the new form goes on from
    /// there. Nothing that was recorded comes any more.
    void reshape(double start, std::vector<ProfileStage> stages);
    /// Arrivals come as they were recorded.
    [[nodiscard]] bool recorded() const noexcept { return m_recorded != nullptr; }

    [[nodiscard]] double start() const noexcept { return m_start; }
    [[nodiscard]] const std::vector<ProfileStage>& stages() const noexcept { return m_stages; }
    [[nodiscard]] Duration elapsed() const noexcept { return m_elapsed; }
    /// Index of the stage it is in; stages().size() once they are over.
    [[nodiscard]] std::size_t stage() const noexcept;

private:
    struct Place {
        std::size_t stage = 0;
        Duration into{};  ///< since the stage began
    };

    [[nodiscard]] bool holdsLast() const noexcept { return m_holdLast || m_stages.empty(); }
    [[nodiscard]] Place place(Duration elapsed) const noexcept;
    /// What the stages alone want then.
    [[nodiscard]] double shape(const Place& place) const noexcept;
    [[nodiscard]] double from(std::size_t stage) const noexcept;
    [[nodiscard]] double adjusted(double shape) const noexcept;
    /// Those that were recorded between the time that passed and `time` later.
    void advanceRecorded(Duration time, std::vector<Stretch>& stretches);

    double m_start = 0;
    std::vector<ProfileStage> m_stages;
    std::shared_ptr<const LoadFile> m_recorded;
    std::size_t m_run = 0;      ///< of the recorded ones the next that comes…
    std::uint64_t m_place = 0;  ///< …and its place in it
    bool m_holdLast = false;
    Duration m_elapsed{};
    double m_step = 0;
    std::optional<double> m_held;
    bool m_paused = false;
};

}  // namespace muster
