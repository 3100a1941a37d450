// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "runtime/envelope.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// The mailbox inside a cell. Senders push onto a stack of envelopes by one compare-and-swap on
/// the inbox word, which also counts and tells whether the agent was idle; the agent's worker
/// takes the whole stack at once, turns it round and handles it in the order of arrival. Each
/// sender's messages keep their order. Who finds the agent idle owns it until it is made ready,
/// and puts the message straight into its list.
///
/// Mail of another priority than normal goes into a lane of its own (see PriorityLanes) when the
/// worker takes it in; senders treat all mail alike.
///
/// With the policy dropOldest mail goes straight to the agent's own list, under a lock, since
/// the oldest cannot be taken from the far end of a stack.

enum class Pushed : std::uint8_t {
    queued,
    wakes,   ///< and the caller makes the agent ready
    full,    ///< not queued: the bound
    closed,  ///< not queued: the agent ended
};

[[nodiscard]] Pushed push(ThreadContext& context, Cell& cell, Envelope* envelope);
/// True when the agent was idle and now is the caller's to make ready.
[[nodiscard]] bool unidle(Cell& cell) noexcept;
/// The same of one that is parked.
[[nodiscard]] inline bool unpark(Cell& cell) noexcept
{
    return cell.parked.load(std::memory_order_seq_cst) != 0 &&
           cell.parked.exchange(0, std::memory_order_seq_cst) != 0;
}
/// The same of either.
[[nodiscard]] inline bool claimAsleep(Cell& cell) noexcept
{
    return unidle(cell) || unpark(cell);
}

/// Mail goes past the stack, under the lane's lock.
[[nodiscard]] inline bool sheds(const Cell& cell) noexcept
{
    return cell.overflow() == OverflowPolicy::dropOldest;
}

// ---- the agent's worker only; the plain functions under the lane's lock if the agent sheds ----

void takeInStack(Cell& cell) noexcept;
[[nodiscard]] Envelope* takeByPriority(Cell& cell) noexcept;
[[nodiscard]] std::uint32_t oldestByPriority(const Cell& cell) noexcept;
/// The oldest counted message of the plain list, out of it; or null.
[[nodiscard]] Envelope* takeOldestPlainMail(Cell& cell) noexcept;
[[nodiscard]] Envelope* nextLocked(Cell& cell, bool answersOnly) noexcept;
void publishPoppedLocked(Cell& cell, std::uint32_t count) noexcept;
[[nodiscard]] bool becomeIdleLocked(Cell& cell) noexcept;

/// The first of the plain list, which is not empty.
inline Envelope* takePlain(Cell& cell) noexcept
{
    Envelope* envelope = cell.first;
    cell.first = envelope->next;
    if (cell.first == nullptr) {
        cell.last = nullptr;
    }
    return envelope;
}

inline Envelope* takeFirst(Cell& cell, bool answersOnly) noexcept
{
    if (cell.lanes != 0 && !answersOnly) [[unlikely]] {
        return takeByPriority(cell);
    }
    const Envelope* first = cell.first;
    return first == nullptr || (answersOnly && first->kind() != EnvelopeKind::answer)
               ? nullptr
               : takePlain(cell);
}

/// Taken in already; what senders pushed since does not count.
[[nodiscard]] inline bool hasMail(const Cell& cell) noexcept
{
    return cell.first != nullptr || cell.lanes != 0;
}

/// When the message was sent that has waited longest. Only while there is one.
[[nodiscard]] inline std::uint32_t oldestStamp(const Cell& cell) noexcept
{
    return cell.lanes == 0 ? cell.first->stamp : oldestByPriority(cell);
}

inline void takenOut(Cell& cell, std::uint32_t count) noexcept
{
    cell.popped.store((cell.popped.load(std::memory_order_relaxed) + count) & Cell::kCountMask,
                      std::memory_order_release);
    if (hasMail(cell)) {
        cell.frontStamp.store(oldestStamp(cell), std::memory_order_relaxed);
    }
}

[[nodiscard]] inline bool markIdle(Cell& cell) noexcept
{
    std::uint64_t word = cell.inbox.load(std::memory_order_relaxed);
    while (Cell::mark(word) == Cell::kEmpty) {
        if (cell.inbox.compare_exchange_weak(word, Cell::counted(word) | Cell::kIdle,
                                             std::memory_order_seq_cst,
                                             std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/// Takes what senders pushed into the agent's list, answers to its front. False: nothing new.
inline bool takeIn(Cell& cell) noexcept
{
    if (Cell::newest(cell.inbox.load(std::memory_order_relaxed)) == nullptr) {
        return false;
    }
    takeInStack(cell);
    return true;
}

/// The next envelope, or null; when `answersOnly`, mail stays.
[[nodiscard]] inline Envelope* next(Cell& cell, bool answersOnly) noexcept
{
    return sheds(cell) ? nextLocked(cell, answersOnly) : takeFirst(cell, answersOnly);
}

/// Publishes that `count` more counted messages left the mailbox, and how old the next one is.
inline void publishPopped(Cell& cell, std::uint32_t count) noexcept
{
    sheds(cell) ? publishPoppedLocked(cell, count) : takenOut(cell, count);
}

/// Nothing waits: true when the agent is idle now, false when something came after all.
[[nodiscard]] inline bool becomeIdle(Cell& cell) noexcept
{
    if (sheds(cell)) {
        return becomeIdleLocked(cell);
    }
    return !hasMail(cell) && markIdle(cell);
}

/// The agent stands still with mail in the box: an answer, or who unparks it, makes it ready from
/// now on. Look after this, not before, whether it should go on: then goOnParked().
inline void declareParked(Cell& cell) noexcept
{
    cell.parked.store(1, std::memory_order_seq_cst);
}
/// False: too late, somebody makes it ready.
[[nodiscard]] inline bool goOnParked(Cell& cell) noexcept
{
    return cell.parked.exchange(0, std::memory_order_seq_cst) != 0;
}

/// Came since the agent last took in.
[[nodiscard]] inline bool hasNew(const Cell& cell) noexcept
{
    return Cell::newest(cell.inbox.load(std::memory_order_seq_cst)) != nullptr;
}

/// Refuses all mail from now on, and gives back what waits, as a chain.
[[nodiscard]] Envelope* close(Cell& cell) noexcept;

}  // namespace muster::detail
