// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/rng.h"
#include "events/catalogue.h"
#include "events/fields.h"
#include "runtime/awaitables.h"
#include "runtime/create.h"
#include "runtime/end_reason.h"
#include "runtime/mailbox.h"
#include "runtime/reply_later.h"
#include "runtime/scheduler.h"

namespace muster {

class Runtime;

namespace detail {
struct Cell;
}

/// A word for what an agent is doing now, shown in the agent table; see Runtime::actionLabel.
struct ActionLabel {
    std::uint16_t number = 0;  ///< 0: nothing
};

/// What every agent can do. All of it is valid from init() to terminated(), not in the
/// constructor. Thread safety: called by the agent itself, while it runs.
class AgentBase {
public:
    AgentBase(const AgentBase&) = delete;
    AgentBase& operator=(const AgentBase&) = delete;

protected:
    AgentBase() = default;
    ~AgentBase() = default;

    [[nodiscard]] AgentId self() const noexcept;
    [[nodiscard]] std::string name() const;
    [[nodiscard]] Runtime& runtime() const noexcept;
    [[nodiscard]] Scheduler& scheduler() const noexcept;
    [[nodiscard]] MonoTime now() const noexcept;
    /// Its own generator, drawn from the runtime's seed and its id.
    [[nodiscard]] Rng& rng();
    /// Who sent the message that is being handled; none when it came from outside. In a
    /// coroutine ask before the first co_await.
    [[nodiscard]] AgentId sender() const noexcept;
    /// By when the answer to the request that is being handled is of use; none for a message
    /// that is no request.
    [[nodiscard]] std::optional<MonoTime> deadline() const noexcept;

    /// Never waits. What cannot be queued is counted by its cause.
    template <class M>
    Delivery send(AgentId to, M&& message, Priority priority = Priority::normal)
    {
        return post(
            to, detail::makeEnvelope(detail::insideContext(), std::forward<M>(message), priority));
    }
    /// To itself or another, once, not before `delay` passed. Ends with this agent.
    template <class M>
    TimerId sendAfter(Duration delay, M&& message, AgentId to = {})
    {
        return postAfter(delay, to ? to : self(),
                         detail::makeEnvelope(detail::insideContext(), std::forward<M>(message)));
    }
    void cancelTimer(TimerId id);

    /// `co_await ask<Reply>(to, message, deadline)` gives a Result<Reply>. Errors: notFound (no
    /// such agent, or it ended), overloaded (its mailbox is full), timedOut, and what the other
    /// side answered. A reply after the deadline is counted, not delivered.
    /// The deadline travels along: what the other side asks while it handles this has no longer
    /// than what is left of it, and a request that is too late is answered with timedOut instead
    /// of being handled, and counted (DropCause::tooLate). A plain send carries none.
    template <class Reply, class M>
    [[nodiscard]] detail::AskAwaiter<Reply> ask(AgentId to, M&& message, Duration deadline)
    {
        return {to, detail::makeEnvelope<true>(detail::insideContext(), std::forward<M>(message)),
                deadline};
    }
    [[nodiscard]] detail::DelayAwaiter delay(Duration time) { return detail::DelayAwaiter(time); }
    /// Runs `function` on the blocking pool and resumes here with what it returned, as a
    /// Result. Errors: overloaded when the pool's queue is full, timedOut after `longest`: then
    /// it goes on without its caller, and what comes of it is dropped and counted as a late reply.
    /// What it throws is thrown here.
    template <class Function>
    [[nodiscard]] detail::BlockingAwaiter<std::decay_t<Function>> blocking(
        Function&& function, Duration longest = Duration::max())
    {
        return detail::BlockingAwaiter<std::decay_t<Function>>(std::forward<Function>(function),
                                                               longest);
    }
    /// To answer the message being handled later, from another handler: the handler returns
    /// void and nothing is sent until the ReplyLater is used. Dropped unused, it answers with an
    /// error.
    [[nodiscard]] ReplyLater replyLater();

    /// Ends the agent after the current message, or the current co_await chain's end.
    void stop(EndReason reason = {});
    /// Tells this agent by AgentEnded when `other` has ended; at once when it already has.
    void monitor(AgentId other);
    void demonitor(AgentId other);

    /// Creates an agent; see Runtime::create. It is not tied to this one unless `options` name
    /// a supervisor.
    template <class A, class... Args>
    [[nodiscard]] Result<AgentId> create(const CreateOptions& options, Args&&... args)
    {
        return detail::createAgent<A>(detail::insideContext(), options,
                                      std::forward<Args>(args)...);
    }

    /// Publishes an event with this agent as its source; a no-op without a publisher.
    void publish(TypeId type, std::initializer_list<Field> fields) const;
    /// By name: looks the type up, adding it when new; prefer a TypeId where it is hot.
    void publish(std::string_view type, std::initializer_list<Field> fields) const;

    void setAction(ActionLabel label) noexcept;

private:
    friend class detail::PendingWait;
    friend struct detail::Cell;
    friend detail::Handled detail::startHandler(AgentBase&, detail::Envelope&,
                                                detail::PromiseBase&);

    Delivery post(AgentId to, detail::Envelope* envelope);
    TimerId postAfter(Duration delay, AgentId to, detail::Envelope* envelope);

    detail::Cell* m_cell = nullptr;
};

}  // namespace muster
