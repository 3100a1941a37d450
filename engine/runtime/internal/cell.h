// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/atomic.h"
#include "base/ids.h"
#include "base/spin_lock.h"
#include "base/thread_slot.h"
#include "runtime/agent_base.h"
#include "runtime/envelope.h"

namespace muster::detail {

struct AgentGroup;
struct CellSide;

/// Where an agent is in its life, as the directory shows it. `down` is between two lives: its
/// behaviour is gone, its supervisor decides.
enum class Phase : std::uint8_t {
    free,
    unborn,        ///< set up for the first time; not among the living yet
    initializing,  ///< a later life begins
    ready,
    busy,
    suspended,
    terminating,
    down,
};

/// What an agent has been told to do, besides its mail; the low half of Cell::control.
namespace control {
inline constexpr std::uint32_t kStop = 1U << 0;      ///< end for good after the current message
inline constexpr std::uint32_t kKill = 1U << 1;      ///< end for good at the next step
inline constexpr std::uint32_t kHalt = 1U << 2;      ///< the supervisor's: end, keep the place
inline constexpr std::uint32_t kHaltKill = 1U << 3;  ///< the same at the next step
inline constexpr std::uint32_t kOwn = 1U << 4;       ///< the agent's own wish to end
inline constexpr std::uint32_t kSuspend = 1U << 5;
inline constexpr std::uint32_t kRestart = 1U << 6;  ///< the operator's
inline constexpr std::uint32_t kQuiet = 1U << 7;    ///< no event of its own when it ends
inline constexpr std::uint32_t kWatched = 1U << 8;  ///< has monitors
inline constexpr std::uint32_t kHasText = 1U << 9;  ///< the reason's text is with the monitors
inline constexpr std::uint32_t kNamed = 1U << 10;   ///< got or lost its name while it lived
inline constexpr std::uint32_t kTraits = 1U << 11;  ///< has traits of its own
inline constexpr int kReasonShift = 16;             ///< EndKind of kStop, kKill or kOwn, 8 bits
inline constexpr std::uint32_t kNow = kKill | kHaltKill;
inline constexpr std::uint32_t kEnd = kStop | kHalt | kOwn | kNow;
/// What makes the agent's worker look.
inline constexpr std::uint32_t kOrders = kEnd | kSuspend | kRestart;
inline constexpr int kGenerationShift = 32;
}  // namespace control

/// One agent's place: two cache lines in a table indexed by slot, so that finding an agent is
/// adding an offset and comparing a generation. The first line is what senders touch, the
/// second belongs to the worker that runs the agent; others only read its atomics.
///
/// Inbox word: how many messages were ever pushed (22 bits) above the newest envelope's address
/// without its six zero bits (42 bits), or one of the marks below instead of an address.
struct alignas(kCacheLine) Cell {
    // ---- senders ----
    Atomic<std::uint64_t> inbox{0};
    Atomic<std::uint32_t> popped{0};  ///< counted as the inbox counts; lags by a batch
    Atomic<std::uint32_t> generation{0};
    Atomic<std::uint32_t> frontStamp{0};  ///< when the oldest waiting message was sent
    Atomic<std::uint32_t> limit{0};       ///< bound below kPolicyShift, policy above
    Atomic<std::uint8_t> parked{0};       ///< waits with mail in the box: wake it by hand
    SpinLock lane;  ///< guards first, last and lanes when the policy sheds the oldest
    Atomic<std::uint16_t> action{0};
    Atomic<std::uint32_t> restarts{0};
    Cell* nextReady = nullptr;              ///< in a ready list; under that list's lock
    Atomic<CellSide*> side{nullptr};        ///< made when first needed, stays with the slot
    Atomic<std::uint32_t> stem{0};          ///< name without its number, see NameTable; 0: none
    Atomic<std::uint32_t> ordinal{0};       ///< its number, or place in a bulk creation
    std::uint32_t groupPrevious = kNoSlot;  ///< under the group's lock
    std::uint32_t groupNext = kNoSlot;

    // ---- the agent's worker ----
    alignas(kCacheLine) Atomic<std::uint64_t> control{0};
    Atomic<Phase> phase{Phase::free};
    std::uint8_t lanes = 0;     ///< which of side->lanes have mail: a bit for each Lane
    std::uint32_t gaveWay = 0;  ///< when it last ended its turn for having sent much, in 64 ns
    Envelope* first = nullptr;  ///< plain mail taken in, oldest first; answers before all else
    Envelope* last = nullptr;
    Atomic<std::uint64_t> handled{0};
    Atomic<AgentGroup*> group{nullptr};
    void* behaviour = nullptr;
    PromiseBase* suspended = nullptr;  ///< handlers at a co_await

    static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};
    static constexpr int kPolicyShift = 24;
    static constexpr std::uint32_t kBoundMask = (1U << kPolicyShift) - 1;

    static constexpr int kCountShift = 42;
    static constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kCountShift) - 1;
    static constexpr std::uint32_t kCountMask = (1U << 22) - 1;
    static constexpr std::uint64_t kOneMore = std::uint64_t{1} << kCountShift;
    static constexpr std::uint64_t kEmpty = 0;   ///< nothing new; the agent is on its way or runs
    static constexpr std::uint64_t kIdle = 1;    ///< nothing new; who pushes must make it ready
    static constexpr std::uint64_t kClosed = 2;  ///< takes nothing any more

    [[nodiscard]] static Cell& of(const AgentBase& agent) noexcept { return *agent.m_cell; }
    void attach(AgentBase& agent) noexcept { agent.m_cell = this; }

    [[nodiscard]] static std::uint64_t mark(std::uint64_t inbox) noexcept
    {
        return inbox & kAddressMask;
    }
    [[nodiscard]] static std::uint64_t counted(std::uint64_t inbox) noexcept
    {
        return inbox & ~kAddressMask;
    }
    [[nodiscard]] static Envelope* newest(std::uint64_t inbox) noexcept
    {
        const std::uint64_t address = inbox & kAddressMask;
        return address <= kClosed ? nullptr : reinterpret_cast<Envelope*>(address << 6);
    }
    [[nodiscard]] static std::uint64_t encode(const Envelope* envelope) noexcept
    {
        return reinterpret_cast<std::uintptr_t>(envelope) >> 6;
    }
    /// Of an inbox word read before: wraps round to a huge number when that has become old.
    [[nodiscard]] std::uint32_t waiting(std::uint64_t inboxWord) const noexcept
    {
        return difference(inboxWord, popped.load(std::memory_order_relaxed));
    }
    /// Never too low. `popped` is read first, so that it cannot be ahead of the inbox.
    [[nodiscard]] std::uint32_t waiting() const noexcept
    {
        const std::uint32_t gone = popped.load(std::memory_order_acquire);
        return difference(inbox.load(std::memory_order_acquire), gone);
    }
    [[nodiscard]] static std::uint32_t difference(std::uint64_t word, std::uint32_t gone) noexcept
    {
        return (static_cast<std::uint32_t>(word >> kCountShift) - gone) & kCountMask;
    }
    [[nodiscard]] OverflowPolicy overflow() const noexcept
    {
        return static_cast<OverflowPolicy>(limit.load(std::memory_order_relaxed) >> kPolicyShift);
    }
};

static_assert(sizeof(Cell) == 2 * kCacheLine);

}  // namespace muster::detail
