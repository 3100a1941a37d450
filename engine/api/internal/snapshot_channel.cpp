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

SnapshotChannel::~SnapshotChannel()
{
    // Before Boost 1.79 a ring of fixed size forgets what is still in it.
    static_cast<void>(take());
}

void SnapshotChannel::publish(SnapshotPtr snapshot)
{
    if (!m_queue->ring.push(snapshot)) {
        const std::unique_ptr<SnapshotPtr> before(
            m_overflow.exchange(new SnapshotPtr(std::move(snapshot))));
        m_dropped.fetch_add(before ? 1 : 0, std::memory_order_relaxed);
    }
    notify();
}

SnapshotPtr SnapshotChannel::take()
{
    SnapshotPtr newest;
    m_queue->ring.consume_all([&newest](SnapshotPtr& snapshot) { newest = std::move(snapshot); });
    const std::unique_ptr<SnapshotPtr> turnedAway(m_overflow.exchange(nullptr));
    if (turnedAway && (!newest || (*turnedAway)->sequence > newest->sequence)) {
        newest = std::move(*turnedAway);
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
