// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "calls/service_settings.h"

namespace muster {

/// One that waits for its turn at a turnstile. Told at most once, outside of any lock.
class TurnWaiter {
public:
    virtual ~TurnWaiter() = default;
    virtual void turnDecided() noexcept = 0;
};

/// What there is to show of a turnstile.
struct TurnstileView {
    std::uint32_t concurrent = 0;  ///< calls at once, as set or as found out
    std::uint32_t inUse = 0;
    std::uint32_t queue = 0;
    std::uint64_t waiting = 0;
    bool adaptive = false;
    BulkheadCounts counts;
};

/// A bulkhead and those who wait for it, its limit found out by itself where it is adaptive.
/// What a use decides for others is put into `woken`: the caller tells them when it is alone no
/// more. Pure. Thread safety: one thread at a time; Guarded<Turnstile> for many.
class Turnstile {
public:
    using Ticket = Bulkhead::Ticket;
    using Woken = std::vector<std::unique_ptr<TurnWaiter>>;

    /// One of the two at least must be there. Errors: outOfRange.
    [[nodiscard]] static Result<Turnstile> create(const std::optional<BulkheadSettings>& bulkhead,
                                                  const std::optional<AdaptiveSettings>& adaptive);

    /// Waits no longer than the deadline allows.
    [[nodiscard]] Bulkhead::Answer enter(const Deadline& deadline, MonoTime now);
    /// Of one that waits; takes the waiter. False: its turn was decided meanwhile, and the
    /// waiter was left.
    [[nodiscard]] bool wait(Ticket ticket, std::unique_ptr<TurnWaiter>& waiter);
    /// Of one that was told, or whose time is over: whether it has entered. It waits no more.
    [[nodiscard]] bool settle(Ticket ticket, MonoTime now);
    /// Of one that has entered. Without a sample nothing is learned from it.
    void leave(const AdaptiveSample* sample, MonoTime now, Woken& woken);
    /// Those who are in stay in. An adaptive limit that comes begins with its `initial`. Errors:
    /// outOfRange, and nothing changed.
    [[nodiscard]] Result<void> change(const std::optional<BulkheadSettings>& bulkhead,
                                      const std::optional<AdaptiveSettings>& adaptive, MonoTime now,
                                      Woken& woken);

    [[nodiscard]] std::uint32_t inUse() const noexcept { return m_bulkhead.inUse(); }
    [[nodiscard]] TurnstileView view() const;

private:
    enum class Turn : std::uint8_t { waits, entered, tooLate };
    struct Seat {
        Turn turn = Turn::waits;
        std::unique_ptr<TurnWaiter> waiter;
    };

    Turnstile(Bulkhead bulkhead, std::optional<AdaptiveLimit> adaptive)
        : m_bulkhead(std::move(bulkhead)), m_adaptive(std::move(adaptive))
    {
    }
    void follow();
    void letIn(MonoTime now, Woken& woken);

    Bulkhead m_bulkhead;
    std::optional<AdaptiveLimit> m_adaptive;
    std::unordered_map<Ticket, Seat> m_seats;  // as many as wait, and those that do not know yet
};

}  // namespace muster
