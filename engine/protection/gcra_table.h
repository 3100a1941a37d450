// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "protection/gcra.h"
#include "protection/shared_pace.h"

namespace muster {

struct GcraTableSettings {
    /// What happens to a key for which there is no room.
    enum class WhenFull : std::uint8_t { refuse, admit };

    Rate rate;                    ///< of each key
    std::uint64_t burst = 100;    ///< of each key
    std::uint32_t keys = 65'536;  ///< room for about so many that are not full; not changed live
    WhenFull whenFull = WhenFull::refuse;

    friend bool operator==(const GcraTableSettings&, const GcraTableSettings&) = default;
};

/// One limiter for each caller, address or operation: GCRA with one integer a key, swapped by
/// compare-and-swap. The table is bounded: a key that may take its whole burst again is
/// forgotten when its place is needed, which changes nothing for it; when no key of its
/// neighbourhood is, `whenFull` decides and is counted. No key is admitted more than rate × time
/// + burst. Thread safety: any thread.
class GcraTable {
public:
    /// Errors: outOfRange for settings that are not in range.
    [[nodiscard]] static Result<std::unique_ptr<GcraTable>> create(
        const GcraTableSettings& settings, MonoTime now);

    /// Errors: outOfRange for a cost above the burst.
    [[nodiscard]] Result<LimitStatus> tryTake(std::uint64_t key, std::uint64_t cost, MonoTime now);
    [[nodiscard]] Result<LimitStatus> tryTake(std::string_view key, std::uint64_t cost,
                                              MonoTime now)
    {
        return tryTake(keyOf(key), cost, now);
    }
    /// As tryTake() would answer, and nothing taken.
    [[nodiscard]] LimitStatus status(std::uint64_t key, MonoTime now);
    /// 64 bits of a name. Not meant to withstand one who chooses names that collide: they would
    /// share a limit.
    [[nodiscard]] static std::uint64_t keyOf(std::string_view name) noexcept;

    /// Rate, burst and whenFull; every key keeps its fill. Errors: outOfRange, and nothing
    /// changed.
    [[nodiscard]] Result<void> change(const GcraTableSettings& settings, MonoTime now);
    [[nodiscard]] GcraTableSettings settings() const;

    [[nodiscard]] std::uint64_t forgotten() const noexcept { return m_forgotten; }
    [[nodiscard]] std::uint64_t refusedWhenFull() const noexcept { return m_refusedWhenFull; }
    [[nodiscard]] std::uint64_t admittedWhenFull() const noexcept { return m_admittedWhenFull; }

private:
    struct Slot {
        std::atomic<std::uint64_t> key{kNoKey};
        std::atomic<std::int64_t> spent{Gcra::kFresh};
    };
    static constexpr std::uint64_t kNoKey = 0;
    // Slots in which a key may live: twice as many as there are keys for, so that seldom all are
    // taken.
    static constexpr std::size_t kNeighbours = 16;

    GcraTable(const GcraTableSettings& settings, MonoTime now);
    [[nodiscard]] Slot* neighbourhood(std::uint64_t key) const noexcept;
    [[nodiscard]] static Slot* find(Slot* first, std::uint64_t key) noexcept;
    /// Null if there is no room.
    [[nodiscard]] Slot* findOrClaim(std::uint64_t key, std::int64_t here) noexcept;
    [[nodiscard]] LimitStatus whenFull(const SharedPace::Place& place, std::int64_t cost);
    [[nodiscard]] Gcra gcra() const noexcept { return {m_burst.load(std::memory_order_relaxed)}; }

    SharedPace m_pace;
    std::atomic<std::int64_t> m_burst;
    std::atomic<GcraTableSettings::WhenFull> m_whenFull;
    std::size_t m_mask;
    std::unique_ptr<Slot[]> m_slots;
    mutable SpinLock m_lock;  // guards which key a slot is given to, and m_settings
    GcraTableSettings m_settings;
    std::atomic<std::uint64_t> m_forgotten{0};
    std::atomic<std::uint64_t> m_refusedWhenFull{0};
    std::atomic<std::uint64_t> m_admittedWhenFull{0};
};

}  // namespace muster
