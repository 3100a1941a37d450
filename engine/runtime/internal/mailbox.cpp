// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/mailbox.h"

#include <mutex>

#include "runtime/internal/cell_side.h"
#include "runtime/internal/core.h"
#include "runtime/internal/post.h"

namespace muster::detail {
namespace {

[[nodiscard]] bool counts(const Envelope& envelope) noexcept
{
    return envelope.kind() == EnvelopeKind::mail;
}

void append(Cell& cell, Envelope* envelope) noexcept
{
    envelope->next = nullptr;
    (cell.first == nullptr ? cell.first : cell.last->next) = envelope;
    cell.last = envelope;
}

// Answers go before mail, but after the answers that came before them.
void putAnswer(Cell& cell, Envelope* envelope) noexcept
{
    Envelope** place = &cell.first;
    while (*place != nullptr && (*place)->kind() == EnvelopeKind::answer) {
        place = &(*place)->next;
    }
    envelope->next = *place;
    *place = envelope;
    if (envelope->next == nullptr) {
        cell.last = envelope;
    }
}

[[nodiscard]] bool isPlain(const Envelope& envelope) noexcept
{
    return envelope.lane() == Lane::plain;
}

[[nodiscard]] PriorityLanes& lanesOf(Cell& cell) noexcept
{
    return cell.side.load(std::memory_order_relaxed)->lanes;
}

void place(Cell& cell, Envelope* envelope) noexcept
{
    if (envelope->lane() == Lane::plain) [[likely]] {
        envelope->kind() == EnvelopeKind::answer ? putAnswer(cell, envelope)
                                                 : append(cell, envelope);
    } else {
        lanesOf(cell).put(cell, envelope);
    }
}

// Into the empty list of an agent that the caller just claimed.
void putFirst(Cell& cell, Envelope* envelope) noexcept
{
    if (sheds(cell)) [[unlikely]] {
        // Mail that came after the claim may be there already.
        const std::lock_guard lock(cell.lane);
        place(cell, envelope);
        return;
    }
    if (isPlain(*envelope)) [[likely]] {
        envelope->next = nullptr;
        cell.first = envelope;
        cell.last = envelope;
    } else {
        lanesOf(cell).put(cell, envelope);
    }
    cell.frontStamp.store(envelope->stamp, std::memory_order_relaxed);
}

// One more was pushed past the stack: counts it and claims an idle agent.
[[nodiscard]] Pushed countPast(Cell& cell) noexcept
{
    std::uint64_t word = cell.inbox.load(std::memory_order_relaxed);
    for (;;) {
        const std::uint64_t mark = Cell::mark(word);
        if (mark == Cell::kClosed) {
            return Pushed::closed;
        }
        const std::uint64_t left = mark == Cell::kIdle ? Cell::kEmpty : mark;
        if (cell.inbox.compare_exchange_weak(word, (Cell::counted(word) + Cell::kOneMore) | left,
                                             std::memory_order_seq_cst,
                                             std::memory_order_relaxed)) {
            return mark == Cell::kIdle ? Pushed::wakes : Pushed::queued;
        }
    }
}

[[nodiscard]] Envelope* takeOldestMail(Cell& cell) noexcept
{
    return cell.lanes == 0 ? takeOldestPlainMail(cell) : lanesOf(cell).takeOldestMail(cell);
}

Pushed pushShedding(ThreadContext& context, Cell& cell, Envelope* envelope)
{
    Envelope* shed = nullptr;
    Pushed pushed = Pushed::queued;
    {
        const std::lock_guard lock(cell.lane);
        pushed = countPast(cell);
        if (pushed == Pushed::closed) {
            return pushed;
        }
        place(cell, envelope);
        const std::uint32_t bound = cell.limit.load(std::memory_order_relaxed) & Cell::kBoundMask;
        const std::uint32_t waiting = cell.waiting();
        if (waiting > bound && (shed = takeOldestMail(cell)) != nullptr) {
            takenOut(cell, 1);
        }
        if (waiting == 1) {
            cell.frontStamp.store(oldestStamp(cell), std::memory_order_relaxed);
        }
    }
    if (shed != nullptr) {
        discard(context, shed, DropCause::shedOldest);
    }
    return pushed;
}

}  // namespace

Pushed push(ThreadContext& context, Cell& cell, Envelope* envelope)
{
    if (!isPlain(*envelope)) [[unlikely]] {
        // Made here, where it may fail, rather than by the worker that needs it.
        static_cast<void>(context.owner().sideOf(cell));
    }
    const bool counted = counts(*envelope);
    const std::uint32_t limit = cell.limit.load(std::memory_order_relaxed);
    if (counted && limit >> Cell::kPolicyShift ==
                       static_cast<std::uint32_t>(OverflowPolicy::dropOldest)) [[unlikely]] {
        return pushShedding(context, cell, envelope);
    }
    const std::uint32_t bound = limit & Cell::kBoundMask;
    const std::uint32_t stamp = envelope->stamp;
    const std::uint64_t more = counted ? Cell::kOneMore : 0;
    std::uint64_t word = cell.inbox.load(std::memory_order_relaxed);
    for (;;) {
        const std::uint64_t mark = Cell::mark(word);
        if (mark == Cell::kIdle && context.worker != nullptr) {
            // The agent is this sender's to make ready, and so is its list until then. For a
            // worker: it runs what it wakes next. From elsewhere the list would be one more
            // cache line to fetch from another core.
            if (cell.inbox.compare_exchange_weak(word, (Cell::counted(word) + more) | Cell::kEmpty,
                                                 std::memory_order_seq_cst,
                                                 std::memory_order_relaxed)) {
                putFirst(cell, envelope);
                return Pushed::wakes;
            }
            continue;
        }
        if (mark == Cell::kClosed) {
            return Pushed::closed;
        }
        const std::uint32_t waiting = cell.waiting(word);
        if (counted && waiting >= bound) [[unlikely]] {
            if (cell.waiting() >= bound) {
                return Pushed::full;
            }
            word = cell.inbox.load(std::memory_order_relaxed);  // what was read was old
            continue;
        }
        envelope->next = Cell::newest(word);
        if (cell.inbox.compare_exchange_weak(
                word, (Cell::counted(word) + more) | Cell::encode(envelope),
                std::memory_order_seq_cst, std::memory_order_relaxed)) {
            // From here on the envelope may be gone already.
            if (waiting == 0) {
                cell.frontStamp.store(stamp, std::memory_order_relaxed);
            }
            if (mark == Cell::kIdle) {
                return Pushed::wakes;
            }
            break;
        }
    }
    return !counted && unpark(cell) ? Pushed::wakes : Pushed::queued;
}

Envelope* takeOldestPlainMail(Cell& cell) noexcept
{
    Envelope* before = nullptr;
    for (Envelope* at = cell.first; at != nullptr; before = at, at = at->next) {
        if (counts(*at)) {
            (before == nullptr ? cell.first : before->next) = at->next;
            if (at == cell.last) {
                cell.last = before;
            }
            return at;
        }
    }
    return nullptr;
}

bool unidle(Cell& cell) noexcept
{
    std::uint64_t word = cell.inbox.load(std::memory_order_seq_cst);
    while (Cell::mark(word) == Cell::kIdle) {
        if (cell.inbox.compare_exchange_weak(word, Cell::counted(word) | Cell::kEmpty,
                                             std::memory_order_seq_cst)) {
            return true;
        }
    }
    return false;
}

void takeInStack(Cell& cell) noexcept
{
    std::uint64_t word = cell.inbox.load(std::memory_order_acquire);
    while (!cell.inbox.compare_exchange_weak(word, Cell::counted(word) | Cell::kEmpty,
                                             std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
    }
    // Newest first: turn it round, then hand it out in order.
    Envelope* inOrder = nullptr;
    for (Envelope* at = Cell::newest(word); at != nullptr;) {
        Envelope* older = at->next;
        at->next = inOrder;
        inOrder = at;
        at = older;
    }
    const bool locked = sheds(cell);
    if (locked) {
        cell.lane.lock();
    }
    while (inOrder != nullptr) {
        Envelope* following = inOrder->next;
        place(cell, inOrder);
        inOrder = following;
    }
    cell.frontStamp.store(oldestStamp(cell), std::memory_order_relaxed);
    if (locked) {
        cell.lane.unlock();
    }
}

Envelope* takeByPriority(Cell& cell) noexcept
{
    return lanesOf(cell).take(cell);
}

std::uint32_t oldestByPriority(const Cell& cell) noexcept
{
    return cell.side.load(std::memory_order_relaxed)->lanes.oldestStamp(cell);
}

Envelope* nextLocked(Cell& cell, bool answersOnly) noexcept
{
    const std::lock_guard lock(cell.lane);
    return takeFirst(cell, answersOnly);
}

void publishPoppedLocked(Cell& cell, std::uint32_t count) noexcept
{
    const std::lock_guard lock(cell.lane);
    takenOut(cell, count);
}

bool becomeIdleLocked(Cell& cell) noexcept
{
    const std::lock_guard lock(cell.lane);
    return !hasMail(cell) && markIdle(cell);
}

Envelope* close(Cell& cell) noexcept
{
    const bool locked = sheds(cell);
    if (locked) {
        cell.lane.lock();
    }
    const std::uint64_t word = cell.inbox.exchange(Cell::kClosed, std::memory_order_acq_rel);
    Envelope* chain = Cell::newest(word);
    for (Envelope* at = cell.first; at != nullptr;) {
        Envelope* following = at->next;
        at->next = chain;
        chain = at;
        at = following;
    }
    cell.first = nullptr;
    cell.last = nullptr;
    if (cell.lanes != 0) {
        chain = lanesOf(cell).close(cell, chain);
    }
    if (locked) {
        cell.lane.unlock();
    }
    return chain;
}

}  // namespace muster::detail
