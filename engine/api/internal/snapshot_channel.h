// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "api/snapshot.h"

namespace muster {

/// Carries snapshots from the engine to its one reader without a lock. When the reader is
/// behind, those between are dropped and counted; the newest is always there to be taken.
/// Thread safety: publish() from one thread at a time, take() from one reader, the rest from
/// any thread.
class SnapshotChannel {
public:
    SnapshotChannel();
    SnapshotChannel(const SnapshotChannel&) = delete;
    SnapshotChannel& operator=(const SnapshotChannel&) = delete;
    ~SnapshotChannel();

    void publish(SnapshotPtr snapshot);
    /// The newest there is, or null when none came since the last call.
    [[nodiscard]] SnapshotPtr take();

    void onPublished(std::function<void()> notify);
    [[nodiscard]] std::uint64_t dropped() const noexcept
    {
        return m_dropped.load(std::memory_order_relaxed);
    }

private:
    struct Queue;

    void notify();

    std::unique_ptr<Queue> m_queue;
    std::atomic<SnapshotPtr*> m_overflow{nullptr};  ///< the newest that the full queue turned away
    std::atomic<std::uint64_t> m_dropped{0};

    std::mutex m_notifyMutex;  // guards m_notify; held while it is called
    std::function<void()> m_notify;
};

}  // namespace muster
