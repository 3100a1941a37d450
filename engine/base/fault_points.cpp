// SPDX-License-Identifier: Apache-2.0
#include "base/fault_points.h"

namespace muster {

void FaultPoints::arm(std::string point, Error error, std::uint64_t nth, std::uint64_t times)
{
    const std::lock_guard lock(m_mutex);
    m_faults.insert_or_assign(std::move(point),
                              Fault{std::move(error), nth == 0 ? 0 : nth - 1, times});
    m_armed.store(static_cast<std::uint32_t>(m_faults.size()), std::memory_order_relaxed);
}

void FaultPoints::disarm(std::string_view point)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_faults.find(point); found != m_faults.end()) {
        m_faults.erase(found);
    }
    m_armed.store(static_cast<std::uint32_t>(m_faults.size()), std::memory_order_relaxed);
}

std::optional<Error> FaultPoints::passArmed(std::string_view point)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_faults.find(point);
    if (found == m_faults.end()) {
        return std::nullopt;
    }
    Fault& fault = found->second;
    if (fault.passesLeft > 0) {
        --fault.passesLeft;
        return std::nullopt;
    }
    Error error = fault.error;
    if (--fault.timesLeft == 0) {
        m_faults.erase(found);
        m_armed.store(static_cast<std::uint32_t>(m_faults.size()), std::memory_order_relaxed);
    }
    return error;
}

}  // namespace muster
