// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/sleepers.h"

#include <bit>

namespace muster::detail {

void Sleepers::wakeSomebody() noexcept
{
    std::uint64_t asleep = m_asleep.load(std::memory_order_seq_cst);
    while (asleep != 0) {
        const auto number = static_cast<std::uint32_t>(std::countr_zero(asleep));
        if (m_asleep.compare_exchange_weak(asleep, asleep & ~bitOf(number),
                                           std::memory_order_seq_cst)) {
            m_searching.fetch_add(1, std::memory_order_seq_cst);
            wake(number);
            return;
        }
    }
}

void Sleepers::wakeAll(std::uint32_t workers) noexcept
{
    for (std::uint32_t number = 0; number < workers; ++number) {
        m_asleep.fetch_and(~bitOf(number), std::memory_order_seq_cst);
        wake(number);
    }
}

void Sleepers::wake(std::uint32_t number) noexcept
{
    // Sequentially consistent: notify_one() wakes nobody when it sees no waiter, so the store
    // must not be held back behind that look.
    m_places[number].wake.store(1, std::memory_order_seq_cst);
    m_places[number].wake.notify_one();
}

}  // namespace muster::detail
