// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "events/publisher.h"
#include "storage/recorder.h"

namespace muster {

/// Hands what the store's writer says to the beat, which publishes it: the writer itself must
/// not make events. Thread safety: any thread.
class StoreReports {
public:
    void report(RecorderTrouble trouble)
    {
        const std::lock_guard lock(m_mutex);
        m_troubles.push_back(std::move(trouble));
    }
    void report(RecorderRetention retention)
    {
        const std::lock_guard lock(m_mutex);
        m_retentions.push_back(std::move(retention));
    }
    /// Publishes what came since the last call.
    void publish(Publisher& publisher);

private:
    std::mutex m_mutex;  // guards the next two
    std::vector<RecorderTrouble> m_troubles;
    std::vector<RecorderRetention> m_retentions;
};

}  // namespace muster
