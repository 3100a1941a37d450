// SPDX-License-Identifier: Apache-2.0
#include "calls/turnstile.h"

#include <algorithm>

namespace muster {
namespace {

/// What the bulkhead is made with: of one that is adaptive only the queue is its own.
BulkheadSettings settingsOf(const std::optional<BulkheadSettings>& bulkhead,
                            const AdaptiveLimit* adaptive)
{
    BulkheadSettings settings = bulkhead.value_or(BulkheadSettings{});
    if (adaptive != nullptr) {
        settings.concurrent = adaptive->limit();
    }
    return settings;
}

}  // namespace

Result<Turnstile> Turnstile::create(const std::optional<BulkheadSettings>& bulkhead,
                                    const std::optional<AdaptiveSettings>& adaptive)
{
    std::optional<AdaptiveLimit> limit;
    if (adaptive) {
        auto made = AdaptiveLimit::create(*adaptive);
        if (!made.ok()) {
            return made.error();
        }
        limit = std::move(made).value();
    }
    auto made = Bulkhead::create(settingsOf(bulkhead, limit ? &*limit : nullptr));
    if (!made.ok()) {
        return made.error();
    }
    return Turnstile(std::move(made).value(), std::move(limit));
}

Bulkhead::Answer Turnstile::enter(const Deadline& deadline, MonoTime now)
{
    const Bulkhead::Answer answer = m_bulkhead.enter(deadline, now);
    if (answer.entry == Bulkhead::Entry::waits) {
        m_seats.try_emplace(answer.ticket);
    }
    return answer;
}

bool Turnstile::wait(Ticket ticket, std::unique_ptr<TurnWaiter>& waiter)
{
    Seat& seat = m_seats.at(ticket);
    if (seat.turn != Turn::waits) {
        return false;
    }
    seat.waiter = std::move(waiter);
    return true;
}

bool Turnstile::settle(Ticket ticket, MonoTime now)
{
    const auto seat = m_seats.find(ticket);
    while (seat->second.turn == Turn::waits) {
        const auto over = m_bulkhead.expired(now);
        if (!over) {
            break;
        }
        m_seats.at(*over).turn = Turn::tooLate;  // it wakes by itself, at the same time
    }
    if (seat->second.turn == Turn::waits) {
        m_bulkhead.cancel(ticket);
    }
    const bool entered = seat->second.turn == Turn::entered;
    m_seats.erase(seat);
    return entered;
}

void Turnstile::leave(const AdaptiveSample* sample, MonoTime now, Woken& woken)
{
    m_bulkhead.leave();
    if (m_adaptive && sample != nullptr) {
        m_adaptive->add(*sample, now);
        follow();
    }
    letIn(now, woken);
}

void Turnstile::follow()
{
    if (m_adaptive && m_adaptive->limit() != m_bulkhead.settings().concurrent) {
        BulkheadSettings settings = m_bulkhead.settings();
        settings.concurrent = m_adaptive->limit();
        // Its bounds are within those of a bulkhead: it cannot be refused.
        static_cast<void>(m_bulkhead.change(settings).ok());
    }
}

void Turnstile::letIn(MonoTime now, Woken& woken)
{
    while (const auto ticket = m_bulkhead.next(now)) {
        Seat& seat = m_seats.at(*ticket);
        seat.turn = Turn::entered;
        if (seat.waiter) {
            woken.push_back(std::move(seat.waiter));
        }
    }
}

Result<void> Turnstile::change(const std::optional<BulkheadSettings>& bulkhead,
                               const std::optional<AdaptiveSettings>& adaptive, MonoTime now,
                               Woken& woken)
{
    std::optional<AdaptiveLimit> limit = adaptive ? m_adaptive : std::nullopt;
    if (limit) {
        if (auto changed = limit->change(*adaptive); !changed.ok()) {
            return changed;
        }
    } else if (adaptive) {
        auto made = AdaptiveLimit::create(*adaptive);
        if (!made.ok()) {
            return made.error();
        }
        limit = std::move(made).value();
    }
    auto changed = m_bulkhead.change(settingsOf(bulkhead, limit ? &*limit : nullptr));
    if (changed.ok()) {
        m_adaptive = std::move(limit);
        letIn(now, woken);
    }
    return changed;
}

TurnstileView Turnstile::view() const
{
    const BulkheadSettings& settings = m_bulkhead.settings();
    return {settings.concurrent,  m_bulkhead.inUse(),     settings.queue,
            m_bulkhead.waiting(), m_adaptive.has_value(), m_bulkhead.counts()};
}

}  // namespace muster
