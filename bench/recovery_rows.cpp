// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>

#include "api/engine.h"
#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
constexpr auto kPatience = std::chrono::seconds(20);

/// A workload whose steady load goes on while the resources run short.
constexpr const char* kWorkload = R"([workload]
name = "recovery"
[[agents]]
name = "worker"
count = 1000
action = "work"
[[agents]]
name = "extra"
count = 2600
action = "work"
priority = "low"
quota = 500
[actions.work]
kind = "synthetic"
wait = { shape = "constant", mean = "1ms" }
[[load]]
model = "open"
rate = "20k/s"
[limits]
agents = 8000
[resources.agents]
presses = true
)";

/// When what was told of a resource, by the events' own times.
class Told {
public:
    explicit Told(Engine& engine) : m_engine(engine)
    {
        EventQuery query;
        query.type = "resource.*";
        engine.tailEvents(query, 1000, [this](std::vector<EventRow> rows, std::uint64_t) {
            const std::lock_guard lock(m_mutex);
            for (const EventRow& row : rows) {
                auto& at = row.type == "resource.recovered"       ? m_recovered
                           : row.type == "resource.level_changed" ? m_pressed
                                                                  : m_other;
                at = at ? at : std::optional(row.at);
            }
            m_changed.notify_all();
        });
    }
    ~Told() { m_engine.stopTail(); }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;

    /// From the first change of a level to the recovery; nothing when there was none in time.
    [[nodiscard]] std::optional<std::pair<WallTime, WallTime>> await()
    {
        std::unique_lock lock(m_mutex);
        const bool came =
            m_changed.wait_for(lock, kPatience, [this] { return m_pressed && m_recovered; });
        return came ? std::optional(std::pair(*m_pressed, *m_recovered)) : std::nullopt;
    }

private:
    Engine& m_engine;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    std::optional<WallTime> m_pressed;
    std::optional<WallTime> m_recovered;
    std::optional<WallTime> m_other;
};

/// The newest snapshot of a condition.
SnapshotPtr await(Engine& engine, const std::function<bool(const Snapshot&)>& condition)
{
    std::mutex mutex;
    std::condition_variable published;
    std::uint64_t count = 0;
    engine.onSnapshot([&] {
        const std::lock_guard lock(mutex);
        ++count;
        published.notify_all();
    });
    SnapshotPtr found;
    std::unique_lock lock(mutex);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    for (std::uint64_t seen = 0; !found && std::chrono::steady_clock::now() < until; seen = count) {
        published.wait_until(lock, until, [&] { return count != seen; });
        if (auto snapshot = engine.takeSnapshot(); snapshot && condition(*snapshot)) {
            found = std::move(snapshot);
        }
    }
    lock.unlock();
    engine.onSnapshot({});
    return found;
}

void carryOut(Engine& engine, const std::string& line)
{
    std::mutex mutex;
    std::condition_variable came;
    std::optional<Result<CommandOutcome>> outcome;
    engine.submit(must(parseCommand(line)), [&](Result<CommandOutcome> result) {
        const std::lock_guard lock(mutex);
        outcome = std::move(result);
        came.notify_all();
    });
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return outcome.has_value(); });
    static_cast<void>(must(*std::move(outcome)));
}

struct Episode {
    std::string limit;               ///< command that brings the resource to 90 %
    std::vector<std::byte> ballast;  ///< what a cache may give back
};

void measureEpisode(Outcome& outcome, Episode episode)
{
    const fs::path file =
        fs::temp_directory_path() / ("muster-recovery-" + std::to_string(::getpid()) + ".toml");
    std::ofstream(file) << kWorkload;
    EngineOptions options;
    options.workers = 2;
    options.workloadFile = file;
    options.caches = {{"ballast", [&episode](std::uint64_t) {
                           return std::exchange(episode.ballast, std::vector<std::byte>()).size();
                       }}};
    const auto engine = must(Engine::start(options));
    std::error_code ignored;
    fs::remove(file, ignored);
    const auto before = await(
        *engine, [](const Snapshot& s) { return s.agents.live == 3600 && s.actions.ok > 20'000; });
    Told told(*engine);
    const WallTime begin = systemClock()->wall();
    carryOut(*engine, episode.limit.empty()
                          ? "limits.set limits.memory " +
                                std::to_string(static_cast<std::uint64_t>(residentBytes() / 0.905))
                          : episode.limit);
    const auto times = told.await();
    const auto after =
        await(*engine, [&](const Snapshot& s) { return times && s.at >= times->second; });
    if (!before || !times || !after) {
        std::fprintf(stderr, "recovery: the engine did not recover\n");
        std::abort();
    }
    const Duration back = times->second - times->first;
    outcome.total += back;
    outcome.spans.record(static_cast<std::uint64_t>(back.count()) * 1000);
    ++outcome.ops;
    auto& seen = outcome.more["seen_ms"];
    seen = std::max(seen, static_cast<double>((times->first - begin).count()) / 1e6);
    const auto offered = static_cast<double>(after->load.offered - before->load.offered);
    const double working =
        100 * static_cast<double>(after->actions.ok - before->actions.ok) / offered;
    auto& least = outcome.more["working_percent"];
    least = least == 0 ? working : std::min(least, working);
    static_cast<void>(engine->drain(Engine::kDrainBound));
}

Outcome recoverMemory(std::uint64_t ops)
{
    Outcome outcome;
    for (std::uint64_t i = 0; i < ops; ++i) {
        measureEpisode(outcome, {"", std::vector<std::byte>(kGibibyte, std::byte{1})});
    }
    return outcome;
}

Outcome recoverAgents(std::uint64_t ops)
{
    Outcome outcome;
    for (std::uint64_t i = 0; i < ops; ++i) {
        measureEpisode(outcome, {"limits.set limits.agents 4000", {}});
    }
    return outcome;
}

}  // namespace

void addRecoveryRows(std::vector<Row>& rows)
{
    rows.push_back({"recovery/memory",
                    "from 90 % of limits.memory, 1 GiB of it a cache, to enough being free", 250e6,
                    3, 1, recoverMemory});
    rows.push_back({"recovery/agents",
                    "from 90 % of limits.agents, many of low priority, to enough being free", 250e6,
                    3, 1, recoverAgents});
}

}  // namespace muster::bench
