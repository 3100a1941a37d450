// SPDX-License-Identifier: Apache-2.0
#include "engine_fixture.h"

#include <fstream>

namespace muster::tests {

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

}  // namespace

const char* const EngineFixture::kSteady = R"(
[workload]
name = "steady"

[[agents]]
name = "worker"
count = 20
action = "work"
capabilities = ["text"]
attributes = { zone = "eu" }

[actions.work]
kind = "synthetic"
wait = { shape = "constant", mean = "1ms" }

[[load]]
model = "open"
rate = "500/s"

[limits]
agents = 1000
)";

const char* const EngineFixture::kStuck = R"(
[workload]
name = "stuck"

[[agents]]
name = "sleeper"
count = 3
action = "sleep"

[actions.sleep]
kind = "synthetic"
wait = { shape = "constant", mean = "10h" }

[[load]]
model = "closed"
users = 3
)";

std::filesystem::path EngineFixture::file(const char* name) const
{
    return std::filesystem::path(m_directory.path().toStdString()) / name;
}

std::filesystem::path EngineFixture::write(const char* name, const QByteArray& text) const
{
    const auto path = file(name);
    std::ofstream(path, std::ios::binary) << text.toStdString();
    return path;
}

EngineOptions EngineFixture::options(const QByteArray& workload) const
{
    EngineOptions options;
    options.workers = 2;
    options.workloadFile = write("workload.toml", workload);
    return options;
}

SnapshotWatch::SnapshotWatch(Engine& engine) : m_engine(engine)
{
    engine.onSnapshot([this] {
        const std::lock_guard lock(m_mutex);
        ++m_published;
        m_changed.notify_all();
    });
}

SnapshotWatch::~SnapshotWatch()
{
    m_engine.onSnapshot({});
}

SnapshotPtr SnapshotWatch::until(const std::function<bool(const Snapshot&)>& condition)
{
    const auto end = std::chrono::steady_clock::now() + kPatience;
    std::unique_lock lock(m_mutex);
    for (;;) {
        const auto seen = m_published;
        lock.unlock();
        auto snapshot = m_engine.takeSnapshot();
        if (snapshot && condition(*snapshot)) {
            return snapshot;
        }
        lock.lock();
        if (!m_changed.wait_until(lock, end, [&] { return m_published != seen; })) {
            return nullptr;
        }
    }
}

SnapshotPtr SnapshotWatch::until(RunState state)
{
    return until([state](const Snapshot& snapshot) { return snapshot.state == state; });
}

void SnapshotWatch::letPass(int count)
{
    std::unique_lock lock(m_mutex);
    const auto wanted = m_published + static_cast<std::uint64_t>(count);
    m_changed.wait_for(lock, kPatience, [&] { return m_published >= wanted; });
}

Result<CommandOutcome> carryOut(Engine& engine, std::string_view line)
{
    const auto command = parseCommand(line);
    if (!command) {
        return command.error();
    }
    return answerOf<CommandOutcome>(
        [&](CommandDone done) { engine.submit(*command, std::move(done)); });
}

}  // namespace muster::tests
