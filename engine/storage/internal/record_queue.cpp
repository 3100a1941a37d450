// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/record_queue.h"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

/// With more than such a part of a group waiting, the writer has other things to do than upkeep.
constexpr std::size_t kIdlePart = 16;

}  // namespace

RecordQueue::RecordQueue(const RecordQueueOptions& options) : m_options(options) {}

Refusal RecordQueue::Sender::admit(Urgency urgency)
{
    RecordQueue& queue = m_queue;
    if (queue.m_closed) {
        return Refusal::closed;
    }
    if (urgency == Urgency::guaranteed && !queue.m_options.sendersWait) {
        return Refusal::none;
    }
    if (queue.m_noSpace && urgency != Urgency::guaranteed) {
        return Refusal::noSpace;
    }
    const std::size_t bound = queue.m_options.bound * (urgency == Urgency::important ? 2 : 1);
    if (queue.waitingLocked() < bound) {
        return Refusal::none;
    }
    if (queue.m_options.sendersWait) {
        queue.m_room.wait(m_lock, [&] {
            return queue.waitingLocked() < bound || queue.m_failing || queue.m_closed;
        });
        if (queue.waitingLocked() < bound && !queue.m_closed) {
            return Refusal::none;
        }
    }
    if (queue.m_closed) {
        return Refusal::closed;
    }
    return urgency == Urgency::guaranteed ? Refusal::none : Refusal::full;
}

void RecordQueue::Sender::pushed()
{
    RecordQueue& queue = m_queue;
    ++queue.m_pushed;
    const std::size_t size = queue.m_filling.size();
    // The first record starts the writer's window; a durable one shortens it.
    const bool wake = size == 1 || size == queue.m_options.groupRecords ||
                      (queue.m_filling.durable && !std::exchange(queue.m_durableSeen, true));
    if (wake) {
        queue.m_work.notify_one();
    }
    queue.updateBehind();
}

bool RecordQueue::dueLocked() const noexcept
{
    return m_flush || m_maintain || m_closed || m_filling.size() >= m_options.groupRecords;
}

RecordQueue::RealTime::time_point RecordQueue::groupEndLocked() const
{
    return *m_groupSince + (m_filling.durable ? m_options.durableWindow : m_options.groupWindow);
}

RecordQueue::Work RecordQueue::take(RecordBatch& batch, bool upkeep)
{
    batch.clear();
    std::unique_lock lock(m_mutex);
    if (!upkeep) {
        m_work.wait(lock, [this] { return dueLocked() || m_filling.size() > 0; });
    }
    if (m_filling.size() > 0 && !m_groupSince) {
        m_groupSince = RealTime::now();
    }
    while (!dueLocked() && m_filling.size() > 0 && RealTime::now() < groupEndLocked()) {
        // What is acknowledged does not wait for upkeep, nor does a writer that has much to do.
        if (upkeep && !m_filling.durable && m_filling.size() < m_options.groupRecords / kIdlePart) {
            return {.idle = true};
        }
        m_work.wait_until(lock, groupEndLocked());
    }
    if (upkeep && !dueLocked() && m_filling.size() == 0) {
        return {.idle = true};
    }
    m_groupSince.reset();
    std::swap(batch, m_filling);
    m_taken = batch.size();
    m_flush = false;
    m_durableSeen = false;
    return {.maintain = std::exchange(m_maintain, false), .closed = m_closed};
}

void RecordQueue::done()
{
    const std::lock_guard lock(m_mutex);
    m_done += std::exchange(m_taken, 0);
    updateBehind();
    m_room.notify_all();
}

bool RecordQueue::waitForRetry(Duration pause)
{
    std::unique_lock lock(m_mutex);
    const bool wasClosed = m_closed;
    const auto until = RealTime::now() + pause;
    m_work.wait_until(lock, std::min(until, m_giveUpAt), [&] { return m_closed && !wasClosed; });
    return RealTime::now() < m_giveUpAt;
}

bool RecordQueue::groupDue() const
{
    const std::lock_guard lock(m_mutex);
    return m_filling.size() > 0 || m_flush || m_closed;
}

void RecordQueue::setFailing(bool failing)
{
    const std::lock_guard lock(m_mutex);
    m_failing = failing;
    m_room.notify_all();
}

void RecordQueue::setNoSpace(bool reached)
{
    const std::lock_guard lock(m_mutex);
    m_noSpace = reached;
}

void RecordQueue::requestMaintenance()
{
    const std::lock_guard lock(m_mutex);
    m_maintain = true;
    m_work.notify_one();
}

void RecordQueue::close(Duration bound)
{
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_giveUpAt = RealTime::now() + bound;
    m_work.notify_one();
    m_room.notify_all();
}

bool RecordQueue::waitDone(Duration bound)
{
    std::unique_lock lock(m_mutex);
    const std::uint64_t target = m_pushed;
    m_flush = true;
    m_work.notify_one();
    return m_room.wait_for(lock, bound, [&] { return m_done >= target; });
}

std::uint64_t RecordQueue::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return waitingLocked();
}

void RecordQueue::updateBehind()
{
    if (m_options.sendersWait) {
        return;
    }
    const std::size_t waiting = waitingLocked();
    if (waiting >= m_options.bound / 2) {
        m_behind.store(true, std::memory_order_relaxed);
    } else if (waiting <= m_options.bound / 4) {
        m_behind.store(false, std::memory_order_relaxed);
    }
}

}  // namespace muster
