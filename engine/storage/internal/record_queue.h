// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "storage/internal/record_batch.h"

namespace muster {

/// Which records go first when there is no room.
enum class Urgency : std::uint8_t { ordinary, important, guaranteed };

enum class Refusal : std::uint8_t { none, full, noSpace, closed };

struct RecordQueueOptions {
    std::size_t bound = 0;
    std::size_t groupRecords = 0;
    Duration groupWindow{};
    Duration durableWindow{};
    bool sendersWait = false;
};

/// What waits for the writer: filled under a short lock by any thread, taken whole by one.
/// Ordinary records are refused at the bound, important ones at twice the bound, guaranteed
/// ones never; for those behind() asks the senders to hold back.
/// Real time, not the engine's clock: the windows are about the disk.
/// Thread safety: any thread; take(), done(), waitForRetry() from the writer's.
class RecordQueue {
public:
    explicit RecordQueue(const RecordQueueOptions& options);

    /// Holds the queue for one or many pushes.
    class Sender {
    public:
        explicit Sender(RecordQueue& queue) : m_queue(queue), m_lock(queue.m_mutex) {}

        /// Whether a record of this urgency may be pushed now; may wait where senders wait.
        [[nodiscard]] Refusal admit(Urgency urgency);
        [[nodiscard]] RecordBatch& batch() noexcept { return m_queue.m_filling; }
        /// After each record that was put into batch().
        void pushed();

    private:
        RecordQueue& m_queue;
        std::unique_lock<std::mutex> m_lock;
    };

    struct Work {
        bool maintain = false;
        bool closed = false;  ///< nothing comes after this batch
        bool idle = false;    ///< nothing was due, and the batch is empty: time for upkeep
    };
    /// Waits for a group that is due, and swaps it with the cleared `batch`. `upkeep`: does not
    /// wait while few records do.
    [[nodiscard]] Work take(RecordBatch& batch, bool upkeep = false);
    /// The batch taken last is committed, or given up.
    void done();
    /// Waits out a pause after a failure. False: closing, and its time is up.
    [[nodiscard]] bool waitForRetry(Duration pause);
    [[nodiscard]] bool groupDue() const;

    void setFailing(bool failing);
    void setNoSpace(bool reached);
    void requestMaintenance();
    /// No record is taken any more; the writer gives up at `bound` from now.
    void close(Duration bound);
    /// Waits until all that was pushed before is done. False: `bound` passed.
    [[nodiscard]] bool waitDone(Duration bound);

    [[nodiscard]] bool behind() const noexcept { return m_behind.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t waiting() const;

private:
    using RealTime = std::chrono::steady_clock;

    [[nodiscard]] std::size_t waitingLocked() const noexcept { return m_filling.size() + m_taken; }
    [[nodiscard]] bool dueLocked() const noexcept;
    void updateBehind();
    [[nodiscard]] RealTime::time_point groupEndLocked() const;

    const RecordQueueOptions m_options;
    std::atomic<bool> m_behind{false};

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_work;
    std::condition_variable m_room;
    RecordBatch m_filling;
    std::size_t m_taken = 0;
    std::uint64_t m_pushed = 0;
    std::uint64_t m_done = 0;
    bool m_durableSeen = false;
    std::optional<RealTime::time_point> m_groupSince;  // when the writer saw its first record
    bool m_failing = false;
    bool m_noSpace = false;
    bool m_flush = false;
    bool m_maintain = false;
    bool m_closed = false;
    RealTime::time_point m_giveUpAt = RealTime::time_point::max();
};

}  // namespace muster
