// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "api/engine.h"
#include "bench/row.h"
#include "bench/world.h"

namespace muster::bench {
namespace {

namespace fs = std::filesystem;

/// A workload file that is gone with it.
class WorkloadFile {
public:
    explicit WorkloadFile(const std::string& text)
        : m_path(fs::temp_directory_path() /
                 ("muster-bench-" + std::to_string(::getpid()) + ".toml"))
    {
        std::ofstream(m_path) << text;
    }
    ~WorkloadFile()
    {
        std::error_code ignored;
        fs::remove(m_path, ignored);
    }
    WorkloadFile(const WorkloadFile&) = delete;
    WorkloadFile& operator=(const WorkloadFile&) = delete;

    [[nodiscard]] const fs::path& path() const noexcept { return m_path; }

private:
    fs::path m_path;
};

Outcome startUp(std::uint64_t ops)
{
    // Once before, so that what the process itself brings along is not counted.
    static_cast<void>(must(Engine::start({})));
    Outcome outcome;
    const auto clock = systemClock();
    double bytes = 0;
    for (std::uint64_t i = 0; i < ops; ++i) {
        const double before = residentBytes();
        const MonoTime begin = clock->now();
        const auto engine = must(Engine::start({}));
        const Duration took = clock->now() - begin;
        bytes = std::max(bytes, residentBytes() - before);
        outcome.total += took;
        outcome.spans.record(static_cast<std::uint64_t>(took.count()) * 1000);
        ++outcome.ops;
    }
    outcome.more["resident_added_bytes"] = bytes;
    return outcome;
}

// A hundred thousand agents, a million actions a second offered, for so many of them.
Outcome load(std::uint64_t ops)
{
    const auto seconds = static_cast<double>(ops) / 1e6;
    const WorkloadFile file(R"([workload]
name = "load"
[[agents]]
name = "bee"
count = 100_000
action = "buzz"
queue = 4
[actions.buzz]
kind = "synthetic"
[[load]]
model = "open"
start = "1M/s"
stages = [{ for = ")" + std::to_string(static_cast<int>(seconds)) +
                            R"(s", to = "1M/s" }]
after = "stop"
[limits]
agents = 150_000
memory = "2GiB"
)");
    EngineOptions options;
    options.workers = 2;
    options.workloadFile = file.path();
    const auto engine = must(Engine::start(options));
    const RunSummary summary = engine->wait();
    if (summary.failure) {
        must(Result<void>(*summary.failure));
    }
    Outcome outcome;
    outcome.ops = summary.actions;
    outcome.total = Duration(static_cast<std::int64_t>(seconds * 1e9));
    outcome.more["degradation_percent"] =
        100 - static_cast<double>(summary.ok) * 100 / static_cast<double>(ops);
    outcome.more["action_p99_ns"] = summary.latency.p99.known() ? summary.latency.p99.value : -1;
    return outcome;
}

}  // namespace

void addEngineRows(std::vector<Row>& rows)
{
    rows.push_back({"startup", "start an engine, all services, to ready", 5e6, 20, 5, startUp});
    rows.push_back({"load",
                    "an action of 100,000 agents, a million a second offered (goal: at most 5 % "
                    "not done)",
                    1050, 10'000'000, 2'000'000, load});
}

}  // namespace muster::bench
