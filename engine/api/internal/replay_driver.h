// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "agents/action.h"
#include "api/internal/event_digest.h"
#include "api/internal/replay_reader.h"
#include "api/replay.h"
#include "base/thread.h"
#include "events/publisher.h"
#include "operations/load_file.h"

namespace muster {

struct EngineCore;

/// Plays recorded events in an engine that is there for nothing else: simulated, so that nothing in
/// it reaches outside, and with a clock that goes as the replay does.
/// Thread safety: play() from one thread; the rest as said of ReplayControl.
class SandboxReplay {
public:
    /// Errors: as ReplayReader::open().
    [[nodiscard]] static Result<std::unique_ptr<SandboxReplay>> open(
        const ReplayQuery& query, std::shared_ptr<ReplayControl> control);

    [[nodiscard]] const std::shared_ptr<ReplayControl>& control() const noexcept
    {
        return m_control;
    }
    /// The wall time that the engine begins with.
    [[nodiscard]] WallTime from() const noexcept { return m_reader->range().from; }
    /// What came then, for the agents of a workload to work through again; null: nothing tells.
    [[nodiscard]] std::shared_ptr<const LoadFile> arrivals();
    /// An action as it went then; null: nothing tells.
    [[nodiscard]] Result<std::shared_ptr<const Action>> action(
        const std::string& name, const std::shared_ptr<const Action>& action);
    /// Gets every event of the engine from its first on.
    [[nodiscard]] EventDigest& digest() noexcept { return m_digest; }
    /// Lets virtual time go on from event to event until they are over, or `ended` says so.
    void play(EngineCore& core, const std::function<bool()>& ended);

private:
    SandboxReplay(std::unique_ptr<ReplayReader> reader, std::shared_ptr<ReplayControl> control)
        : m_reader(std::move(reader)), m_control(std::move(control))
    {
    }

    [[nodiscard]] bool reach(EngineCore& core, Duration at, const std::function<bool()>& ended);

    std::unique_ptr<ReplayReader> m_reader;
    std::shared_ptr<ReplayControl> m_control;
    EventDigest m_digest;
    MonoTime m_begun;
};

/// Plays recorded events into an engine that is at work, from a thread of its own.
/// Thread safety: any thread.
class LiveReplay {
public:
    explicit LiveReplay(Publisher& publisher) : m_publisher(publisher) {}
    ~LiveReplay() { stop(); }
    LiveReplay(const LiveReplay&) = delete;
    LiveReplay& operator=(const LiveReplay&) = delete;

    /// Errors: conflict while one goes on; as ReplayReader::open().
    [[nodiscard]] Result<std::shared_ptr<ReplayControl>> start(const ReplayQuery& query,
                                                               std::string author);
    /// Of the last one; null: there was none.
    [[nodiscard]] std::shared_ptr<ReplayControl> control() const;
    /// Cancels what goes on, and none begins any more.
    void stop();

private:
    void play(ReplayReader& reader, ReplayControl& control, std::uint64_t number);

    Publisher& m_publisher;
    mutable std::mutex m_mutex;  // guards the rest
    std::shared_ptr<ReplayControl> m_control;
    std::uint64_t m_number = 0;
    bool m_stopped = false;
    NamedThread m_thread;
};

}  // namespace muster
