// SPDX-License-Identifier: Apache-2.0
#include "protection/gcra_table.h"

#include <fmt/format.h>

#include <bit>
#include <mutex>

namespace muster {
namespace {

constexpr std::uint32_t kMostKeys = 1U << 26;

std::uint64_t mix(std::uint64_t x) noexcept  // the finalizer of SplitMix64
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

Result<void> validate(const GcraTableSettings& settings)
{
    if (auto rate = validate(settings.rate); !rate.ok()) {
        return rate;
    }
    if (settings.keys == 0 || settings.keys > kMostKeys) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a table of {} keys is not in range", settings.keys), "keys",
                     fmt::format("Name 1 to {} keys", kMostKeys)};
    }
    return validateBurst(settings.burst);
}

}  // namespace

Result<std::unique_ptr<GcraTable>> GcraTable::create(const GcraTableSettings& settings,
                                                     MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return std::unique_ptr<GcraTable>(new GcraTable(settings, now));
}

GcraTable::GcraTable(const GcraTableSettings& settings, MonoTime now)
    : m_pace(settings.rate, now),
      m_burst(static_cast<std::int64_t>(settings.burst) * Pace::kUnit),
      m_whenFull(settings.whenFull),
      m_mask(std::bit_ceil((settings.keys + kNeighbours / 2 - 1) / (kNeighbours / 2)) - 1),
      m_slots(std::make_unique<Slot[]>((m_mask + 1) * kNeighbours)),
      m_settings(settings)
{
}

std::uint64_t GcraTable::keyOf(std::string_view name) noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return mix(hash);
}

GcraTable::Slot* GcraTable::neighbourhood(std::uint64_t key) const noexcept
{
    return &m_slots[(mix(key) & m_mask) * kNeighbours];
}

GcraTable::Slot* GcraTable::find(Slot* first, std::uint64_t key) noexcept
{
    for (Slot* slot = first; slot != first + kNeighbours; ++slot) {
        if (slot->key.load(std::memory_order_acquire) == key) {
            return slot;
        }
    }
    return nullptr;
}

GcraTable::Slot* GcraTable::findOrClaim(std::uint64_t key, std::int64_t here) noexcept
{
    Slot* const first = neighbourhood(key);
    if (Slot* const known = find(first, key)) {
        return known;
    }
    const std::scoped_lock lock(m_lock);
    if (Slot* const known = find(first, key)) {
        return known;
    }
    if (Slot* const empty = find(first, kNoKey)) {
        empty->key.store(key, std::memory_order_release);
        return empty;
    }
    const Gcra rule = gcra();
    for (Slot* slot = first; slot != first + kNeighbours; ++slot) {
        if (rule.isFull(slot->spent.load(std::memory_order_acquire), here)) {
            slot->key.store(key, std::memory_order_release);
            m_forgotten.fetch_add(1, std::memory_order_relaxed);
            return slot;
        }
    }
    return nullptr;
}

LimitStatus GcraTable::whenFull(const SharedPace::Place& place, std::int64_t cost)
{
    const bool admit =
        m_whenFull.load(std::memory_order_relaxed) == GcraTableSettings::WhenFull::admit;
    (admit ? m_admittedWhenFull : m_refusedWhenFull).fetch_add(1, std::memory_order_relaxed);
    LimitStatus status =
        gcra().status({admit, place.pace.at(place.time)}, Gcra::kFresh, place.pace, place.time);
    status.remaining = 0;
    // The soonest at which a key that is there may have made room.
    status.retryAfter =
        admit ? Duration{}
              : place.pace.until(saturatingAdd(place.pace.at(place.time), cost), place.time);
    return status;
}

Result<LimitStatus> GcraTable::tryTake(std::uint64_t key, std::uint64_t cost, MonoTime now)
{
    const Gcra rule = gcra();
    const auto most = static_cast<std::uint64_t>(rule.burst / Pace::kUnit);
    if (cost > most) {
        return costTooHigh(cost, most);
    }
    key = key == kNoKey ? mix(~key) : key;
    const auto units = static_cast<std::int64_t>(cost) * Pace::kUnit;
    const SharedPace::Place place = m_pace.place(now);
    const std::int64_t here = place.pace.at(place.time);
    for (;;) {
        Slot* const slot = findOrClaim(key, here);
        if (slot == nullptr) {
            return whenFull(place, units);
        }
        std::int64_t spent = slot->spent.load(std::memory_order_acquire);
        Gcra::Decision decision = rule.decide(spent, units, here);
        while (decision.admitted &&
               !slot->spent.compare_exchange_weak(spent, decision.spent, std::memory_order_acq_rel,
                                                  std::memory_order_acquire)) {
            decision = rule.decide(spent, units, here);
        }
        // The slot may have been given to another key meanwhile, which then has paid for this
        // one: once more, so that this key pays too.
        if (slot->key.load(std::memory_order_acquire) == key) {
            return rule.status(decision, spent, place.pace, place.time);
        }
    }
}

LimitStatus GcraTable::status(std::uint64_t key, MonoTime now)
{
    const SharedPace::Place place = m_pace.place(now);
    const Gcra rule = gcra();
    key = key == kNoKey ? mix(~key) : key;
    const Slot* const slot = find(neighbourhood(key), key);
    const std::int64_t spent =
        slot != nullptr ? slot->spent.load(std::memory_order_acquire) : Gcra::kFresh;
    const std::int64_t here = place.pace.at(place.time);
    LimitStatus status =
        rule.status({false, saturatingAdd(rule.spentFrom(spent, here), Pace::kUnit)}, spent,
                    place.pace, place.time);
    status.admitted = status.remaining > 0;
    return status;
}

Result<void> GcraTable::change(const GcraTableSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    const std::scoped_lock lock(m_lock);
    const std::uint32_t keys = m_settings.keys;
    m_settings = settings;
    m_settings.keys = keys;
    m_pace.change(settings.rate, now);
    m_burst.store(static_cast<std::int64_t>(settings.burst) * Pace::kUnit,
                  std::memory_order_relaxed);
    m_whenFull.store(settings.whenFull, std::memory_order_relaxed);
    return {};
}

GcraTableSettings GcraTable::settings() const
{
    const std::scoped_lock lock(m_lock);
    return m_settings;
}

}  // namespace muster
