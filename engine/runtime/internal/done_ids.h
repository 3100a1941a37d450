// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "base/ids.h"
#include "runtime/bulk.h"

namespace muster::detail {

/// The ids that a call over many did not refuse; a copy only where it refused some.
/// Thread safety: one thread at a time.
class DoneIds {
public:
    DoneIds(const BulkDone& done, std::span<const AgentId> ids) : m_ids(ids)
    {
        if (done.failures.empty()) {
            return;
        }
        m_kept.reserve(done.done);
        auto failed = done.failures.begin();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (failed != done.failures.end() && failed->index == i) {
                ++failed;
            } else {
                m_kept.push_back(ids[i]);
            }
        }
        m_ids = m_kept;
    }
    DoneIds(const DoneIds&) = delete;
    DoneIds& operator=(const DoneIds&) = delete;

    [[nodiscard]] std::span<const AgentId> ids() const noexcept { return m_ids; }

private:
    std::vector<AgentId> m_kept;
    std::span<const AgentId> m_ids;
};

}  // namespace muster::detail
