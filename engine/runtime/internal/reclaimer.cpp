// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/reclaimer.h"

#include <algorithm>

namespace muster::detail {

Reclaimer::~Reclaimer()
{
    for (const auto& free : m_retired) {
        free();
    }
}

void Reclaimer::retire(std::function<void()> free)
{
    std::vector<std::function<void()>> now;
    {
        const std::lock_guard lock(m_mutex);
        m_retired.push_back(std::move(free));
        if (!anyReader()) {
            now.swap(m_retired);
        }
    }
    for (const auto& each : now) {
        each();
    }
}

bool Reclaimer::anyReader() const noexcept
{
    return std::ranges::any_of(m_readers, [](const Readers& readers) {
        return readers.inside.load(std::memory_order_seq_cst) != 0;
    });
}

}  // namespace muster::detail
