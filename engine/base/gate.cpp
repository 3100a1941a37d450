// SPDX-License-Identifier: Apache-2.0
#include "base/gate.h"

namespace muster {

bool Gate::enter() noexcept
{
    auto inside = m_inside.load(std::memory_order_relaxed);
    do {
        if ((inside & kClosed) != 0) {
            return false;
        }
    } while (!m_inside.compare_exchange_weak(inside, inside + 1, std::memory_order_acq_rel));
    return true;
}

void Gate::leave() noexcept
{
    if (m_inside.fetch_sub(1, std::memory_order_acq_rel) == (kClosed | 1)) {
        const std::lock_guard lock(m_mutex);
        m_left.notify_all();
    }
}

void Gate::close() noexcept
{
    m_inside.fetch_or(kClosed, std::memory_order_acq_rel);
}

bool Gate::waitEmpty(Duration bound)
{
    std::unique_lock lock(m_mutex);
    return m_left.wait_for(lock, bound, [this] { return inside() == 0; });
}

}  // namespace muster
