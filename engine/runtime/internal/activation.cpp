// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/activation.h"

#include <optional>

#include "runtime/internal/cell_side.h"
#include "runtime/internal/core.h"
#include "runtime/internal/inspect.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/mailbox.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/post.h"
#include "runtime/internal/thrown.h"
#include "runtime/internal/time_slice.h"

namespace muster::detail {
namespace {

// Reading the clock twice for each message would cost more than the message.
constexpr std::uint64_t kSampleAt = 15;  // not the first: most agents handle few
constexpr std::uint64_t kSampleEvery = 64;
constexpr std::uint64_t kSampleEveryOfMany = 1024;
constexpr std::uint64_t kMany = 1024;

[[nodiscard]] constexpr bool isSampled(std::uint64_t handled) noexcept
{
    return handled % kSampleEvery == kSampleAt &&
           (handled < kMany || handled % kSampleEveryOfMany == kSampleAt);
}
constexpr std::uint32_t kPublishEvery = 32;
// Who sends much lets the receivers come to it while it is in the cache.
constexpr std::uint32_t kSendsInOneTurn = 256;
constexpr Duration kCheapMessage{500};  // about what two cores take to pass a few on
// Longer than a sender's turn takes, so that its mail is gone before it goes on.
constexpr Duration kLongestTurn = std::chrono::microseconds(10);
constexpr std::uint32_t kSmallBound = 1024;
constexpr std::uint32_t kWorthTaking = 32;
constexpr std::uint32_t kTakesOfAStream = 8;
constexpr std::int32_t kNear = 64;   // of the coarse time, which is kept to some milliseconds
constexpr int kPausesToGather = 24;  // some hundred nanoseconds

/// One turn of one agent.
class Turn {
public:
    Turn(Core& core, ThreadContext& context, Cell& cell) noexcept
        : m_core(core),
          m_context(context),
          m_cell(cell),
          m_ops(*cell.group.load(std::memory_order_relaxed)->ops),
          m_id(core.slots.idOf(cell)),
          m_left(core.timedTurns ? TimeSlice::kFirst : core.executor->budget()),
          m_publishEvery((cell.limit.load(std::memory_order_relaxed) & Cell::kBoundMask) <=
                                 kSmallBound
                             ? 1
                             : kPublishEvery)
    {
    }

    void run()
    {
        m_context.running.store(&m_cell, std::memory_order_relaxed);
        m_context.counters.add(Count::activations);
        m_context.sends = 0;
        m_cell.phase.store(Phase::busy, std::memory_order_relaxed);
        while (step()) {
        }
        m_context.running.store(nullptr, std::memory_order_relaxed);
    }

private:
    // False: the agent is no longer this turn's.
    bool step()
    {
        m_orders = static_cast<std::uint32_t>(m_cell.control.load(std::memory_order_acquire)) &
                   control::kOrders;
        bool answersOnly = m_cell.suspended != nullptr && !m_ops.interleaves;
        if (m_orders != 0) [[unlikely]] {
            switch (obey(answersOnly)) {
                case Obeyed::goOn:
                    break;
                case Obeyed::again:
                    return true;
                case Obeyed::over:
                    return false;
            }
        }
        if (m_cell.suspended != nullptr && m_ops.interleaves) {
            takeIn(m_cell);  // answers must not wait behind mail
        }
        if (m_left == 0 && !goOn()) {
            return yield();
        }
        Envelope* envelope = next(m_cell, answersOnly);
        if (envelope == nullptr) {
            return takeMail() || rest(answersOnly);
        }
        --m_left;
        return handle(envelope);
    }

    // What comes while the agent runs is its own, or from a sender on another core. Each look at
    // the inbox costs that sender and this worker a cache miss, so the short lists of a steady
    // stream are left to grow. An agent with a message or two does not wait for more.
    bool takeMail() noexcept
    {
        const Envelope* newest = Cell::newest(m_cell.inbox.load(std::memory_order_acquire));
        if (newest != nullptr) {
            m_fromOthers = newest->sender != m_id ? m_fromOthers + 1 : 0;
        }
        const std::uint32_t handled = m_leftAtTake - m_left;
        if (m_fromOthers >= kTakesOfAStream && handled != 0 && handled < kWorthTaking) {
            for (int pause = 0; pause < kPausesToGather; ++pause) {
                relaxCore();
            }
        }
        m_leftAtTake = m_left;
        return takeIn(m_cell);
    }

    // The simulation draws how long a turn is; else it is a matter of time.
    [[nodiscard]] bool goOn()
    {
        if (m_sentMuch || !m_core.timedTurns) {
            return false;
        }
        m_left = m_slice.more(m_core.clock->now());
        m_leftAtTake = m_left;
        return m_left != 0;
    }

    // Where most of a turn is the way from one core to the other, both had better be on one.
    [[nodiscard]] const Cell* feeder() const noexcept
    {
        // What a mailbox that sheds holds may be taken out by a sender at any time.
        return sheds(m_cell) || m_cell.first == nullptr || m_slice.step() > kCheapMessage
                   ? nullptr
                   : m_core.slots.find(m_cell.first->sender);
    }

    enum class Obeyed { goOn, again, over };

    Obeyed obey(bool& answersOnly)
    {
        if ((m_orders & control::kNow) != 0) {
            return end();
        }
        if ((m_orders & control::kEnd) != 0) {
            if (m_cell.suspended == nullptr) {
                return mayStop() ? end() : Obeyed::goOn;
            }
            answersOnly = true;  // the handlers that stand at a co_await may finish
            return Obeyed::goOn;
        }
        if ((m_orders & control::kSuspend) != 0) {
            publish();
            m_cell.phase.store(Phase::suspended, std::memory_order_relaxed);
            if (park(true)) {
                return Obeyed::over;
            }
            m_cell.phase.store(Phase::busy, std::memory_order_relaxed);
            return Obeyed::again;
        }
        if ((m_orders & control::kRestart) != 0) {
            if (m_cell.suspended != nullptr) {
                answersOnly = true;
                return Obeyed::goOn;
            }
            return restartAgent(m_context, m_cell) ? Obeyed::again : Obeyed::over;
        }
        return Obeyed::goOn;
    }

    [[nodiscard]] std::uint32_t ordersNow() const noexcept
    {
        return static_cast<std::uint32_t>(m_cell.control.load(std::memory_order_seq_cst)) &
               control::kOrders;
    }

    [[nodiscard]] bool mayStop()
    {
        if (m_ops.mayStop == nullptr) {
            return true;
        }
        const std::uint32_t bits = m_orders & control::kEnd;
        EndReason reason{EndKind::shutdown, {}};
        if ((bits & control::kHalt) == 0) {
            const auto word = static_cast<std::uint32_t>(m_cell.control.load());
            reason.kind = static_cast<EndKind>((word >> control::kReasonShift) & 0xff);
        }
        return m_ops.mayStop(m_cell.behaviour, reason);
    }

    Obeyed end()
    {
        publish();
        endAgent(m_context, m_cell, orderedReason(m_core, m_cell, m_orders & control::kEnd));
        return Obeyed::over;
    }

    bool yield()
    {
        publish();
        takeIn(m_cell);
        m_context.running.store(nullptr, std::memory_order_relaxed);
        m_core.executor->again(m_context, m_cell, {m_sentMuch, feeder()});
        return false;
    }

    // Nothing to handle. False: the agent is idle, or waits to be woken by hand.
    bool rest(bool answersOnly)
    {
        publish();
        if (answersOnly && hasMail(m_cell)) {
            return !park(false);
        }
        m_cell.phase.store(m_cell.suspended == nullptr ? Phase::ready : Phase::busy,
                           std::memory_order_relaxed);
        if (!becomeIdle(m_cell)) {
            m_cell.phase.store(Phase::busy, std::memory_order_relaxed);
            return true;
        }
        // An order that came before the agent was idle woke nobody.
        if (ordersNow() != m_orders && unidle(m_cell)) {
            m_cell.phase.store(Phase::busy, std::memory_order_relaxed);
            return true;
        }
        return false;
    }

    // True: parked. False: something came meanwhile and the turn goes on.
    [[nodiscard]] bool park(bool suspended)
    {
        while (takeIn(m_cell)) {
        }
        if (!suspended && m_cell.first != nullptr && m_cell.first->kind() == EnvelopeKind::answer) {
            return false;
        }
        declareParked(m_cell);
        const bool mail = hasNew(m_cell);
        return !((mail && !suspended) || ordersNow() != m_orders) || !goOnParked(m_cell);
    }

    // True: go on. False: the agent crashed.
    bool handle(Envelope* envelope)
    {
        if (envelope->kind() == EnvelopeKind::mail) {
            ++m_popped;
        }
        if (envelope->generation != m_id.generation) [[unlikely]] {
            discard(m_context, envelope, DropCause::noAgent);
            return true;
        }
        m_context.message.store(envelope->type, std::memory_order_relaxed);
        m_context.step.store(m_context.step.load(std::memory_order_relaxed) + 1,
                             std::memory_order_relaxed);
        const bool goesOn =
            envelope->kind() == EnvelopeKind::answer ? resume(envelope) : dispatch(envelope);
        m_context.envelope = nullptr;
        if (m_context.sends >= kSendsInOneTurn) {
            m_left = 0;
            m_sentMuch = true;
        }
        if (goesOn && (m_popped >= m_publishEvery ||
                       m_core.coarseNow.load(std::memory_order_relaxed) != m_published)) {
            publish();
        }
        return goesOn;
    }

    // Apart from the way of plain messages. The clock is read only where the coarse time says that
    // the deadline is near. True: the request was given up.
    [[nodiscard, gnu::noinline]] bool givenUp(Envelope* envelope)
    {
        const MonoTime deadline = envelope->deadline();
        const std::uint32_t coarse = m_core.coarseNow.load(std::memory_order_relaxed);
        const auto left = static_cast<std::int32_t>(Core::coarseTime(deadline) - coarse);
        if ((left >= kNear && m_core.timedTurns) || m_core.clock->now() < deadline) {
            return false;
        }
        discard(m_context, envelope, DropCause::tooLate);
        return true;
    }

    bool dispatch(Envelope* envelope)
    {
        if (envelope->timed() && givenUp(envelope)) [[unlikely]] {
            return true;
        }
        m_context.envelope = envelope;
        const std::uint64_t handled = m_cell.handled.load(std::memory_order_relaxed);
        const bool sampled = isSampled(handled);
        const MonoTime start = sampled ? m_core.clock->now() : MonoTime{};
        Handled what{};
        try {
            what = m_ops.handle(m_cell.behaviour, *envelope);
        } catch (...) {
            return crash(envelope, thrownText());
        }
        if (what == Handled::suspended) {
            m_context.counters.add(Count::awaiting);
            return true;
        }
        if (what == Handled::unknown) [[unlikely]] {
            handleUnknown(envelope);
            return true;
        }
        count(handled);
        if (sampled) [[unlikely]] {
            record(envelope->type, start, false);
        }
        recycle(m_context, envelope);
        return true;
    }

    // An answer: to the handler that waits for it.
    bool resume(Envelope* answer)
    {
        PromiseBase** place = &m_cell.suspended;
        while (*place != nullptr && ((*place)->waiting == nullptr ||
                                     (*place)->waiting->request() != answer->request())) {
            place = &(*place)->nextSuspended;
        }
        PromiseBase* root = *place;
        if (root == nullptr) {
            discardAnswer(m_context, answer);
            return true;
        }
        PendingWait& wait = *root->waiting;
        root->waiting = nullptr;
        wait.take(*answer);
        recycle(m_context, answer);
        m_context.envelope = root->envelope;
        m_context.message.store(root->envelope->type, std::memory_order_relaxed);
        wait.handle().resume();
        return !root->self.done() || finish(*root);
    }

    bool finish(PromiseBase& root)
    {
        // Handlers may have been added in front meanwhile.
        PromiseBase** place = &m_cell.suspended;
        while (*place != &root) {
            place = &(*place)->nextSuspended;
        }
        *place = root.nextSuspended;
        m_context.counters.subtract(Count::awaiting);
        Envelope* question = root.envelope;
        const MonoTime start = root.startedAt;
        try {
            root.finish(root);
        } catch (...) {
            record(question->type, start, true);
            return crash(question, thrownText());
        }
        count(m_cell.handled.load(std::memory_order_relaxed));
        record(question->type, start, false);
        recycle(m_context, question);
        return true;
    }

    void handleUnknown(Envelope* envelope)
    {
        if (envelope->type == &kMessageType<Inspect>) {
            inspect(m_ops, m_cell.behaviour, *static_cast<Inspect*>(envelope->message()));
        } else if (envelope->type != &kMessageType<AgentEnded>) {
            discard(m_context, envelope, DropCause::unhandled);
            return;
        }
        recycle(m_context, envelope);
    }

    bool crash(Envelope* envelope, const std::string& what)
    {
        const std::string_view message = envelope->type->name;
        refuse(m_context, *envelope,
               {ErrorCode::unavailable, "the agent crashed: " + what, "", ""});
        recycle(m_context, envelope);
        count(m_cell.handled.load(std::memory_order_relaxed));
        publish();
        m_context.envelope = nullptr;
        crashAgent(m_context, m_cell, what, message);
        return false;
    }

    void count(std::uint64_t handled) noexcept
    {
        m_cell.handled.store(handled + 1, std::memory_order_relaxed);
        m_context.counters.add(Count::handled);
    }

    void record(const MessageType* type, MonoTime start, bool failed)
    {
        if (CellSide* side = m_core.sampledSideOf(m_cell)) {
            const MonoTime now = m_core.clock->now();
            side->times.add(now - start);
            side->recent.add({now, type, now - start, failed});
        }
    }

    void publish() noexcept
    {
        m_published = m_core.coarseNow.load(std::memory_order_relaxed);
        if (m_popped != 0) {
            publishPopped(m_cell, m_popped);
            m_popped = 0;
        }
    }

    Core& m_core;
    ThreadContext& m_context;
    Cell& m_cell;
    const AgentOps& m_ops;
    const AgentId m_id;
    std::uint32_t m_left;
    const std::uint32_t m_publishEvery;
    std::uint32_t m_leftAtTake = m_left;
    std::uint32_t m_fromOthers = 0;  // takes in a row that brought mail of other agents
    std::uint32_t m_popped = 0;
    std::uint32_t m_published = 0;  ///< when, coarsely
    std::uint32_t m_orders = 0;
    bool m_sentMuch = false;
    TimeSlice m_slice{kLongestTurn};
};

}  // namespace

void runAgent(Core& core, ThreadContext& context, Cell& cell)
{
    Turn(core, context, cell).run();
}

}  // namespace muster::detail
