// SPDX-License-Identifier: Apache-2.0
#include "api/internal/state_record.h"

#include "api/internal/engine_core.h"

namespace muster {

void StateRecord::beat()
{
    if (m_core.clock->now() - m_at >= kPeriod) {
        record();
    }
}

void StateRecord::record()
{
    m_at = m_core.clock->now();
    const RecordedState state = m_core.recorder->state();
    if (state.last == m_last) {
        return;
    }
    m_last = state.last;
    m_core.publisher->publish(EventType::stateRecorded, Component::storage,
                              {{"last", toString(state.last)}, {"hash", state.hash}});
}

}  // namespace muster
