// SPDX-License-Identifier: Apache-2.0
#include "api/internal/snapshot_channel.h"

#include <boost/lockfree/spsc_queue.hpp>
#include <utility>

namespace muster {

namespace {

/// A second and more at the usual rate: a reader that is busy for a moment loses nothing.
constexpr std::size_t kWaiting = 16;

}  // namespace

struct SnapshotChannel::Queue {
    boost::lockfree::spsc_queue<SnapshotPtr, boost::lockfree::capacity<kWaiting>> ring;
};

SnapshotChannel::SnapshotChannel() : m_queue(std::make_unique<Queue>()) {}
SnapshotChannel::~SnapshotChannel() = default;

void SnapshotChannel::publish(SnapshotPtr snapshot)
{
    if (!m_queue->ring.push(std::move(snapshot))) {
        m_dropped.fetch_add(1, std::memory_order_relaxed);
    }
    notify();
}

void SnapshotChannel::publishLast(SnapshotPtr snapshot)
{
    m_last = std::move(snapshot);
    m_lastWaits.store(true, std::memory_order_release);
    notify();
}

SnapshotPtr SnapshotChannel::take()
{
    SnapshotPtr newest;
    m_queue->ring.consume_all([&newest](SnapshotPtr& snapshot) { newest = std::move(snapshot); });
    if (m_lastWaits.load(std::memory_order_acquire)) {
        m_lastWaits.store(false, std::memory_order_relaxed);
        newest = std::move(m_last);
    }
    return newest;
}

void SnapshotChannel::onPublished(std::function<void()> notify)
{
    const std::lock_guard lock(m_notifyMutex);
    m_notify = std::move(notify);
}

void SnapshotChannel::notify()
{
    const std::lock_guard lock(m_notifyMutex);
    if (m_notify) {
        m_notify();
    }
}

}  // namespace muster
