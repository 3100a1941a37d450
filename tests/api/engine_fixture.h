// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QTemporaryDir>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/engine.h"

namespace muster::tests {

/// A directory with workload files and databases, and engines started in it.
class EngineFixture {
public:
    /// Agents "worker-1"… that wait a millisecond under an open load of 500/s, for ever.
    static const char* const kSteady;
    /// The same agents, each with work that never ends.
    static const char* const kStuck;

    [[nodiscard]] std::filesystem::path file(const char* name) const;
    [[nodiscard]] std::filesystem::path write(const char* name, const QByteArray& text) const;
    [[nodiscard]] EngineOptions options(const QByteArray& workload) const;

private:
    QTemporaryDir m_directory;
};

/// Waits for an engine's snapshots without polling. One for each engine.
class SnapshotWatch {
public:
    explicit SnapshotWatch(Engine& engine);
    ~SnapshotWatch();

    /// The first snapshot that meets the condition; null after ten seconds.
    [[nodiscard]] SnapshotPtr until(const std::function<bool(const Snapshot&)>& condition);
    [[nodiscard]] SnapshotPtr until(RunState state);
    /// Waits for `count` publications without taking any.
    void letPass(int count);

private:
    Engine& m_engine;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::uint64_t m_published = 0;
};

/// Parses the line, carries it out and waits for what came of it.
[[nodiscard]] Result<CommandOutcome> carryOut(Engine& engine, std::string_view line);

/// Waits for the answer of one of the engine's questions.
template <class T, class Ask>
[[nodiscard]] Result<T> answerOf(Ask ask)
{
    std::mutex mutex;
    std::condition_variable came;
    std::optional<Result<T>> answer;
    ask([&](Result<T> result) {
        const std::lock_guard lock(mutex);
        answer.emplace(std::move(result));
        came.notify_all();
    });
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return answer.has_value(); });
    return *std::move(answer);
}

}  // namespace muster::tests
