// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/work_board.h"

#include <algorithm>

namespace muster::detail {

void WorkBoard::offer(SharedWork& work, std::uint32_t helpers)
{
    const std::lock_guard lock(m_mutex);
    m_offers.push_back({&work, helpers, 0, false});
    countSeats();
}

void WorkBoard::withdraw(SharedWork& work)
{
    std::unique_lock lock(m_mutex);
    const auto find = [this, &work] { return std::ranges::find(m_offers, &work, &Offer::work); };
    find()->closed = true;
    find()->seats = 0;
    countSeats();
    m_left.wait(lock, [&find] { return find()->helpers == 0; });
    m_offers.erase(find());
}

void WorkBoard::help(ThreadContext& context)
{
    if (SharedWork* work = join()) {
        leave(work, work->doPiece(context));
    }
}

SharedWork* WorkBoard::join()
{
    const std::lock_guard lock(m_mutex);
    const auto open =
        std::ranges::find_if(m_offers, [](const Offer& each) { return each.seats != 0; });
    if (open == m_offers.end()) {
        return nullptr;
    }
    --open->seats;
    ++open->helpers;
    countSeats();
    return open->work;
}

void WorkBoard::leave(const SharedWork* work, bool more)
{
    const std::lock_guard lock(m_mutex);
    const auto offer = std::ranges::find(m_offers, work, &Offer::work);
    offer->closed = offer->closed || !more;
    offer->seats = offer->closed ? 0 : offer->seats + 1;
    --offer->helpers;
    countSeats();
    if (offer->helpers == 0) {
        m_left.notify_all();
    }
}

void WorkBoard::countSeats() noexcept
{
    std::uint32_t seats = 0;
    for (const Offer& each : m_offers) {
        seats += each.seats;
    }
    m_seats.store(seats, std::memory_order_seq_cst);
}

}  // namespace muster::detail
