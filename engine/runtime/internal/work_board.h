// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// Work in pieces that several threads may do at once. Thread safety: any thread.
class SharedWork {
public:
    virtual ~SharedWork() = default;
    /// Does one piece on the calling thread. False: none was left.
    virtual bool doPiece(ThreadContext& context) = 0;
};

/// Where a call that has much to do offers it to the workers that have nothing to do. They take
/// a piece at a time, so that agents never wait for more than one.
/// Thread safety: any thread.
class WorkBoard {
public:
    /// Up to `helpers` may join at a time. Whoever offers it does pieces too, and withdraws it.
    void offer(SharedWork& work, std::uint32_t helpers);
    /// When it returns, nobody helps any more.
    void withdraw(SharedWork& work);

    /// Somebody could help.
    [[nodiscard]] bool wanted() const noexcept
    {
        return m_seats.load(std::memory_order_seq_cst) != 0;
    }
    /// Does a piece of what is offered, if anything is.
    void help(ThreadContext& context);

private:
    struct Offer {
        SharedWork* work;
        std::uint32_t seats;
        std::uint32_t helpers;
        bool closed;  ///< withdrawn, or done
    };
    [[nodiscard]] SharedWork* join();
    void leave(const SharedWork* work, bool more);
    void countSeats() noexcept;

    std::atomic<std::uint32_t> m_seats{0};  // free ones of all offers; written under m_mutex
    std::mutex m_mutex;                     // guards m_offers
    std::condition_variable m_left;
    std::vector<Offer> m_offers;
};

}  // namespace muster::detail
