// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/work_board.h"

#include <algorithm>

namespace muster::detail {

void WorkBoard::offer(SharedWork& work)
{
    const std::lock_guard lock(m_mutex);
    m_offers.push_back({.work = &work});
    setSeats(m_offers.back());
    countSeats();
}

void WorkBoard::pieceDone(SharedWork& work)
{
    const std::lock_guard lock(m_mutex);
    setSeats(offerOf(work));
    countSeats();
}

void WorkBoard::withdraw(SharedWork& work)
{
    std::unique_lock lock(m_mutex);
    offerOf(work).closed = true;
    setSeats(offerOf(work));
    countSeats();
    m_left.wait(lock, [this, &work] { return offerOf(work).helpers == 0; });
    std::erase_if(m_offers, [&work](const Offer& each) { return each.work == &work; });
}

void WorkBoard::help(ThreadContext& context)
{
    if (SharedWork* work = join()) {
        leave(*work, work->doPiece(context));
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

void WorkBoard::leave(const SharedWork& work, bool more)
{
    const std::lock_guard lock(m_mutex);
    Offer& offer = offerOf(work);
    offer.closed = offer.closed || !more;
    --offer.helpers;
    setSeats(offer);
    countSeats();
    if (offer.helpers == 0) {
        m_left.notify_all();
    }
}

WorkBoard::Offer& WorkBoard::offerOf(const SharedWork& work) noexcept
{
    return *std::ranges::find(m_offers, &work, &Offer::work);
}

void WorkBoard::setSeats(Offer& offer)
{
    const std::uint32_t wanted = offer.closed ? 0 : offer.work->helpers();
    offer.seats = wanted > offer.helpers ? wanted - offer.helpers : 0;
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
