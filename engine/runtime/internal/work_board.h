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
    /// So many may do pieces now beside the one who offers it. Asked after each piece, under the
    /// board's lock: must be quick.
    [[nodiscard]] virtual std::uint32_t helpers() const = 0;
    /// Does one piece on the calling thread. False: none was left.
    virtual bool doPiece(ThreadContext& context) = 0;
};

/// Where a call that has much to do offers it to the workers that have nothing to do. They take
/// a piece at a time, so that agents never wait for more than one.
/// Thread safety: any thread.
class WorkBoard {
public:
    /// Whoever offers it does pieces too, tells after each, and withdraws it.
    void offer(SharedWork& work);
    void pieceDone(SharedWork& work);
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
        std::uint32_t seats = 0;    ///< free ones
        std::uint32_t helpers = 0;  ///< at work
        bool closed = false;        ///< withdrawn, or done
    };
    [[nodiscard]] SharedWork* join();
    void leave(const SharedWork& work, bool more);
    [[nodiscard]] Offer& offerOf(const SharedWork& work) noexcept;
    static void setSeats(Offer& offer);
    void countSeats() noexcept;

    std::atomic<std::uint32_t> m_seats{0};  // free ones of all offers; written under m_mutex
    std::mutex m_mutex;                     // guards m_offers
    std::condition_variable m_left;
    std::vector<Offer> m_offers;
};

}  // namespace muster::detail
