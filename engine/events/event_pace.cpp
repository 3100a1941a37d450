// SPDX-License-Identifier: Apache-2.0
#include "events/event_pace.h"

namespace muster {

bool EventPace::pass(MonoTime now) noexcept
{
    const std::int64_t slice = now.nanoseconds / kSlice;
    std::int64_t seen = m_slice.load(std::memory_order_relaxed);
    if (seen != slice && m_slice.compare_exchange_strong(seen, slice, std::memory_order_relaxed)) {
        m_left.store(kPerSecond / kSlicesPerSecond, std::memory_order_relaxed);
    }
    // Read first: once the slice is used up, nobody writes the shared word any more.
    return m_left.load(std::memory_order_relaxed) > 0 &&
           m_left.fetch_sub(1, std::memory_order_relaxed) > 0;
}

}  // namespace muster
