// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// What is watched, in the order it is shown in.
enum class Watched : std::uint8_t { cpu, memory, disk, files, threads, agents, queue, count };

constexpr std::size_t kWatched = static_cast<std::size_t>(Watched::count);

[[nodiscard]] std::string_view toString(Watched resource) noexcept;
[[nodiscard]] std::optional<Watched> watchedNamed(std::string_view name) noexcept;

/// In which order is given back: what nobody misses, what can be made again, what somebody
/// wanted less than the rest.
enum class CleanupStage : std::uint8_t { garbage, caches, lowPriority, count };

[[nodiscard]] std::string_view toString(CleanupStage stage) noexcept;

/// Give back at least so much of a resource.
struct CleanupOrder {
    std::uint64_t number = 0;
    Watched resource = Watched::memory;
    CleanupStage stage = CleanupStage::garbage;
    std::uint64_t amount = 0;  ///< in the resource's unit: bytes, or how many
};

/// How much a hook gave back; nothing: it cannot say. Errors: why it could not.
using CleanupOutcome = Result<std::optional<std::uint64_t>>;

/// Something that gives back when asked. `run` is called on a thread that may block, one hook at
/// a time; what it throws counts as its failure.
struct CleanupHook {
    std::string name;  ///< as pages and events show it: "free heap"
    CleanupStage stage = CleanupStage::caches;
    std::vector<Watched> of;
    std::function<CleanupOutcome(const CleanupOrder& order)> run;
};

/// What running one hook came to.
struct CleanupDone {
    std::string hook;
    CleanupOutcome outcome;
    Duration took{};
};

/// The hooks there are. Thread safety: add() before the first run; run() from any one thread.
class CleanupHooks {
public:
    void add(CleanupHook hook) { m_hooks.push_back(std::move(hook)); }
    /// Whether one is for that.
    [[nodiscard]] bool any(Watched resource, CleanupStage stage) const noexcept;
    /// The order's hooks one after the other, until what they gave back is enough. One that
    /// fails does not keep the next from its turn.
    [[nodiscard]] std::vector<CleanupDone> run(const CleanupOrder& order, const Clock& clock) const;

private:
    std::vector<CleanupHook> m_hooks;
};

/// The clean-up of one resource: stage after stage, a look at what is used between two of them,
/// until it is below its target; then again from the first stage once it pressed anew. Work of
/// low priority is taken only at severe or critical. Pure.
/// Thread safety: one thread at a time.
class CleanupPlan {
public:
    /// What the last look showed.
    struct Look {
        bool presses = false;      ///< a level is on
        bool severe = false;       ///< one that takes low-priority work
        bool over = false;         ///< at or above where the first level begins
        std::uint64_t excess = 0;  ///< above the target; 0: there is enough again
    };

    /// How long it took since it pressed, if this look is the first below the target.
    [[nodiscard]] std::optional<Duration> look(const Look& look, MonoTime now);
    /// The stage to run now and how much it is to give back.
    struct Step {
        CleanupStage stage;
        std::uint64_t amount;
    };
    [[nodiscard]] std::optional<Step> next(MonoTime now);
    /// The stage was run: the next one waits for a look.
    void ran(MonoTime now);
    [[nodiscard]] bool running() const noexcept { return m_startedAt.has_value(); }
    [[nodiscard]] bool underWay() const noexcept { return m_began && !m_enough; }

    /// Before the stages are gone through once more.
    static constexpr Duration kPause = std::chrono::seconds(1);
    /// A stage that runs longer is given up: the next has its turn.
    static constexpr Duration kLongest = std::chrono::seconds(10);

private:
    void begin(MonoTime now);

    Look m_look;
    std::optional<MonoTime> m_began;
    std::optional<MonoTime> m_startedAt;
    bool m_enough = false;
    bool m_looked = false;
    CleanupStage m_stage = CleanupStage::garbage;
    MonoTime m_notBefore;
};

}  // namespace muster
