// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/queries.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "operations/replay_pace.h"

namespace muster {

/// Which recorded events are played again, and how fast.
struct ReplayQuery {
    std::filesystem::path file;
    std::optional<RunId> run{};           ///< default: the last one that began before `to`
    EventQuery events{};                  ///< type, source, text, trace and correlation hold
    std::optional<WallTime> from{};       ///< default: the run's start
    std::optional<WallTime> to{};         ///< default: its end
    std::optional<Duration> fromStart{};  ///< in place of `from`: so long after the run's start
    std::optional<Duration> toStart{};    ///< in place of `to`
    double speed = 1;                     ///< times that of then; 0: as fast as it goes
    bool paused = false;                  ///< begins with the first step, or when it is resumed

    static constexpr double kMostSpeed = 1000;
    static constexpr double kLeastSpeed = 0.01;
};

/// "4", "0.5" or "max".
[[nodiscard]] Result<double> parseReplaySpeed(std::string_view text);

enum class ReplayState : std::uint8_t { playing, paused, done, cancelled, failed };

[[nodiscard]] std::string_view toString(ReplayState state) noexcept;

struct ReplayProgress {
    ReplayState state = ReplayState::playing;
    std::uint64_t played = 0;
    RunId run;
    TimeRange range;    ///< that is played
    WallTime position;  ///< in it
    double speed = 1;
    std::string hash;  ///< of all that happened in a sandbox, in its order; once it is over
    std::optional<Error> failure{};

    [[nodiscard]] bool over() const noexcept { return state > ReplayState::paused; }
    /// 0…1
    [[nodiscard]] double share() const noexcept;
};

/// Steers one replay and tells how far it came. What plays it holds it too.
/// Thread safety: every function from any thread.
class ReplayControl {
public:
    explicit ReplayControl(const ReplayQuery& query, std::shared_ptr<Clock> clock = systemClock());

    void pause();
    void resume();
    /// Pauses, but lets this many more come.
    void step(std::uint64_t count = 1);
    void setSpeed(double speed);
    /// No further event comes; what it came to stays to be asked for.
    void cancel();

    [[nodiscard]] ReplayProgress progress() const;
    /// Steps that were asked for and did not come yet.
    [[nodiscard]] bool pending() const;
    /// Until it is over.
    [[nodiscard]] ReplayProgress wait() const;
    /// Each event once more as it comes, on the thread that plays, which waits for it; before the
    /// replay begins.
    void onEvent(std::function<void(const EventRow&)> event) { m_event = std::move(event); }
    /// Called when the state changes, on any thread; before the replay begins.
    void onChange(std::function<void()> change) { m_change = std::move(change); }

    // For what plays it.
    struct Turn {
        bool over = false;    ///< nobody wants it any more
        bool due = false;     ///< what was asked for may come
        Duration position{};  ///< the recorded time that it is now, from the beginning
    };
    void begin(RunId run, TimeRange range);
    /// Waits until what was recorded `at` after the beginning may come, at most `longest`.
    [[nodiscard]] Turn await(Duration at, Duration longest);
    void played(const EventRow& event);
    void end(ReplayState state, std::string hash, std::optional<Error> failure = {});

private:
    template <class Change>
    void change(Change&& make);

    const std::shared_ptr<Clock> m_clock;
    std::function<void(const EventRow&)> m_event;
    std::function<void()> m_change;
    mutable std::mutex m_mutex;  // guards the rest
    mutable std::condition_variable m_changed;
    ReplayPace m_pace;
    Duration m_next{};  // what comes next was recorded then
    bool m_cancelled = false;
    ReplayProgress m_progress;
};

}  // namespace muster
