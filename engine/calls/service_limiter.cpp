// SPDX-License-Identifier: Apache-2.0
#include "calls/service_limiter.h"

#include <algorithm>
#include <array>

namespace muster {
namespace {

template <class... Each>
struct Overloaded : Each... {
    using Each::operator()...;
};

Reservation promiseOf(const LimitAnswer& answer) noexcept
{
    Reservation reservation;
    reservation.granted = answer.admitted;
    reservation.wait = answer.retryAfter;
    return reservation;
}

Rate rateOf(const LimiterSettings& settings)
{
    return std::visit(Overloaded{[](const TokenBucketSettings& it) { return it.rate; },
                                 [](const SlidingWindowSettings& it) {
                                     return Rate{it.limit, it.window};
                                 },
                                 [](const CycleLimiterSettings& it) {
                                     return Rate{it.permits, it.cycle};
                                 },
                                 [](const KeyedLimiterSettings& it) { return it.table.rate; }},
                      settings.kind);
}

}  // namespace

std::string_view kindOf(const LimiterSettings& settings) noexcept
{
    constexpr std::array<std::string_view, 4> kNames{"token_bucket", "sliding_window", "cycle",
                                                     "keyed"};
    return kNames[settings.kind.index()];
}

Result<ServiceLimiter::Machine> ServiceLimiter::make(const LimiterSettings& settings, MonoTime now)
{
    const auto wrapped = [](auto made) {
        return made.ok() ? Result<Machine>(Machine(std::move(made).value())) : made.error();
    };
    return std::visit(
        Overloaded{
            [&](const TokenBucketSettings& it) { return wrapped(TokenBucket::create(it, now)); },
            [&](const SlidingWindowSettings& it) {
                return wrapped(SlidingWindow::create(it, now));
            },
            [&](const CycleLimiterSettings& it) { return wrapped(CycleLimiter::create(it, now)); },
            [&](const KeyedLimiterSettings& it) {
                return wrapped(GcraTable::create(it.table, now));
            }},
        settings.kind);
}

Result<ServiceLimiter> ServiceLimiter::create(const LimiterSettings& settings, MonoTime now,
                                              bool logs)
{
    auto machine = make(settings, now);
    if (!machine.ok()) {
        return machine.error();
    }
    ServiceLimiter limiter(settings, std::move(machine).value(), logs);
    static_cast<void>(limiter.m_time.at(now));
    limiter.add(CallLogEntry::Kind::start, now, 0);
    return limiter;
}

Duration ServiceLimiter::keyOf(const LimiterCaller& caller) const noexcept
{
    const auto& keyed = std::get<KeyedLimiterSettings>(m_settings.kind);
    const std::uint64_t key = keyed.by == KeyedLimiterSettings::By::agent
                                  ? caller.agent.packed()
                                  : GcraTable::keyOf(caller.action);
    constexpr std::uint64_t kKeyMask = ~std::uint64_t{0} >> 1;  // that the log has room for
    return Duration{static_cast<std::int64_t>(key & kKeyMask)};
}

Reservation ServiceLimiter::decide(Duration detail, MonoTime time)
{
    const Duration longest = std::min(m_settings.longestWait, detail);
    // One is never above the burst.
    return std::visit(
        Overloaded{[&](TokenBucket& it) { return it.reserve(1, longest, time).value(); },
                   [&](SlidingWindow& it) { return promiseOf(it.tryTake(1, time).value()); },
                   [&](CycleLimiter& it) {
                       const auto promise = it.reserve(1, longest, time).value();
                       return promiseOf({promise.granted, promise.wait});
                   },
                   [&](std::unique_ptr<GcraTable>& it) {
                       const auto key = static_cast<std::uint64_t>(detail.count());
                       return promiseOf(it->tryTake(key, 1, time).value());
                   }},
        m_machine);
}

Reservation ServiceLimiter::take(Duration detail, MonoTime now)
{
    const MonoTime time = m_time.at(now);
    Reservation reservation = decide(detail, time);
    reservation.number = add(CallLogEntry::Kind::ask, time, 0, detail, reservation.granted);
    return reservation;
}

void ServiceLimiter::cancel(const Reservation& reservation, MonoTime now)
{
    const MonoTime time = m_time.at(now);
    if (auto* bucket = std::get_if<TokenBucket>(&m_machine)) {
        bucket->cancel(reservation, time);
    }
    add(CallLogEntry::Kind::cancel, time, reservation.number);
}

Result<void> ServiceLimiter::change(const LimiterSettings& settings, MonoTime now)
{
    const MonoTime time = m_time.at(now);
    const auto* keyed = std::get_if<KeyedLimiterSettings>(&settings.kind);
    const auto* was = std::get_if<KeyedLimiterSettings>(&m_settings.kind);
    Result<void> changed;
    if (settings.kind.index() != m_settings.kind.index() ||
        (keyed != nullptr && (keyed->table.keys != was->table.keys || keyed->by != was->by))) {
        auto made = make(settings, time);
        if (!made.ok()) {
            return made.error();
        }
        m_machine = std::move(made).value();
    } else {
        changed = std::visit(
            Overloaded{
                [&](TokenBucket& it) { return it.change(settings.bucket(), time); },
                [&](SlidingWindow& it) {
                    return it.change(std::get<SlidingWindowSettings>(settings.kind), time);
                },
                [&](CycleLimiter& it) {
                    return it.change(std::get<CycleLimiterSettings>(settings.kind), time);
                },
                [&](std::unique_ptr<GcraTable>& it) { return it->change(keyed->table, time); }},
            m_machine);
    }
    if (changed.ok()) {
        m_settings = settings;
        add(CallLogEntry::Kind::change, time, 0);
    }
    return changed;
}

LimiterView ServiceLimiter::view(MonoTime now) const
{
    // On copies: looking changes nothing, or looks had to be logged too.
    SteadyTime time = m_time;
    const MonoTime at = time.at(now);
    LimiterView view{.kind = kindOf(m_settings), .rate = rateOf(m_settings), .status = {}};
    std::visit(Overloaded{[&](const std::unique_ptr<GcraTable>& table) {
                              view.keyed = true;
                              view.forgotten = table->forgotten();
                              view.noRoom = table->refusedWhenFull() + table->admittedWhenFull();
                              view.status.limit =
                                  std::get<KeyedLimiterSettings>(m_settings.kind).table.burst;
                              view.status.remaining = view.status.limit;
                              view.status.admitted = true;
                          },
                          [&](const auto& machine) {
                              auto looked = machine;
                              view.status = looked.status(at);
                          }},
               m_machine);
    return view;
}

std::uint64_t ServiceLimiter::add(CallLogEntry::Kind kind, MonoTime time, std::uint64_t number,
                                  Duration detail, bool admitted)
{
    if (!m_logs) {
        return 0;
    }
    CallLogEntry entry;
    entry.kind = kind;
    entry.at = time;
    entry.number = number;
    entry.longest = detail;
    entry.admitted = admitted;
    return m_log.add(entry);
}

}  // namespace muster
