// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "events/catalogue.h"
#include "runtime/agent.h"
#include "runtime/agent_update.h"
#include "runtime/create.h"
#include "runtime/directory.h"
#include "runtime/mailbox.h"
#include "runtime/runtime_options.h"
#include "runtime/scheduler.h"
#include "runtime/supervisor.h"

namespace muster {

namespace detail {
class EngineParts;
}

/// Counted since the start, over all workers.
struct RuntimeCounters {
    std::uint64_t sent = 0;
    std::uint64_t handled = 0;
    std::uint64_t activations = 0;  ///< times an agent was given a worker
    std::uint64_t steals = 0;
    std::uint64_t asks = 0;
    std::uint64_t asksTimedOut = 0;
    std::uint64_t blockingJobs = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(DropCause::count)> dropped{};

    [[nodiscard]] std::uint64_t droppedBy(DropCause cause) const noexcept
    {
        return dropped[static_cast<std::size_t>(cause)];
    }
};

/// What a drain left behind.
struct DrainReport {
    std::vector<std::string> notStopped;  ///< names, with what each was handling
    std::uint64_t stopped = 0;
};

/// The agents of one engine: it makes them, runs them, carries their messages and ends them.
/// Two runtimes in one process know nothing of each other. Its destructor drains with
/// kDrainBound and then waits for handlers that are still inside: a handler that never returns
/// keeps it. Thread safety: every function from any thread, agents' handlers included, but
/// drain() and the destructor from outside only.
class Runtime {
public:
    /// Errors: invalidArgument (options), unavailable (no address space, no thread).
    [[nodiscard]] static Result<std::unique_ptr<Runtime>> create(const RuntimeOptions& options);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    [[nodiscard]] Scheduler& scheduler() noexcept;
    /// Null when threaded.
    [[nodiscard]] SimulatedScheduler* simulation() noexcept;
    [[nodiscard]] const Directory& directory() const noexcept;
    [[nodiscard]] std::uint32_t workers() const noexcept;

    // ---- making agents ----
    /// The constructor and init() run on the calling thread; when this returns, the agent is
    /// ready and can be found. Errors: alreadyExists (name), overloaded (a limit; says which),
    /// notFound (supervisor), the error of init(), internal when the constructor or init threw.
    template <class A, class... Args>
    [[nodiscard]] Result<AgentId> create(const CreateOptions& options, Args&&... args)
    {
        return detail::createAgent<A>(context(), options, std::forward<Args>(args)...);
    }
    /// `count` agents at once, named `<options.name>-1` and so on; one event over the range.
    /// `factory(index)` gives each behaviour by value, and again when it is restarted. Errors
    /// as above when not one could be made; else see BulkCreated::failures. Of many thousand,
    /// idle workers make a part, as many at once as AgentAdmission::atOnce allows: the factory,
    /// constructors and init() then run on several threads. Not so in a simulation, nor under a
    /// supervisor, where they are made in order.
    template <class A, class Factory>
    [[nodiscard]] Result<BulkCreated> createMany(std::uint64_t count, const CreateOptions& options,
                                                 Factory factory)
    {
        return detail::createAgents<A>(context(), count, options, std::move(factory));
    }
    template <class A>
    [[nodiscard]] Result<BulkCreated> createMany(std::uint64_t count, const CreateOptions& options)
    {
        return detail::createAgents<A>(context(), count, options, [] { return A(); });
    }
    /// The children are started in order; one that fails undoes those before, and the error is
    /// the child's.
    [[nodiscard]] Result<AgentId> createSupervisor(const SupervisorOptions& supervision,
                                                   const CreateOptions& options,
                                                   std::vector<ChildSpec> children = {});

    // ---- talking to them ----
    template <class M>
    Delivery send(AgentId to, M&& message, Priority priority = Priority::normal)
    {
        auto& from = context();
        return post(from, to, detail::makeEnvelope(from, std::forward<M>(message), priority));
    }
    /// A copy to each, in order; the workers are told once for some hundred of them.
    template <class M>
    BulkSent sendMany(std::span<const AgentId> to, const M& message)
    {
        return sendEach(to.size(), [to, &message](auto& from, std::uint64_t index) {
            return Letter{to[index], detail::makeEnvelope(from, M(message))};
        });
    }
    /// To each its own; the messages are moved from.
    template <class M>
    BulkSent sendMany(std::span<std::pair<AgentId, M>> letters)
    {
        return sendEach(letters.size(), [letters](auto& from, std::uint64_t index) {
            auto& [to, message] = letters[index];
            return Letter{to, detail::makeEnvelope(from, std::move(message))};
        });
    }
    /// `done` gets a Result<Reply> exactly once, on an engine thread (in a simulation: the one
    /// that runs it); it must be short. Errors as of AgentBase::ask.
    template <class Reply, class M, class Continuation>
    void ask(AgentId to, M&& message, Duration timeout, Continuation done);

    // ---- their lives ----
    /// Ends the agent after the message it is handling; mail that waits is dropped and counted.
    /// Errors: notFound.
    Result<void> stop(AgentId id, EndReason reason = {EndKind::stopped, {}});
    /// Ends it at its next step, even inside a co_await.
    Result<void> kill(AgentId id, EndReason reason = {EndKind::killed, {}});
    /// Mail waits until resume(). Errors: notFound.
    Result<void> suspend(AgentId id);
    Result<void> resume(AgentId id);
    /// One pass, one event over all. Those that it changed; supervisors are left out.
    std::vector<AgentId> suspendMany(std::span<const AgentId> ids);
    std::vector<AgentId> resumeMany(std::span<const AgentId> ids);
    /// Anew in its place: keeps id, name and waiting mail, and its state when the type has
    /// snapshot() and restore(). Returns at once; the event `agent.restarted` says when. Errors:
    /// notFound; conflict when it was made in a way that cannot be repeated.
    Result<void> restart(AgentId id);
    /// One pass, one event over all; they end on the workers, in parallel, after it returned.
    /// Failures: notFound; conflict for one that ends already.
    BulkDone stopMany(std::span<const AgentId> ids, EndReason reason = {EndKind::stopped, {}});

    // ---- what the directory tells of them ----
    /// Gives an agent that has no name one, or takes its name away; its id and mail stay. Each
    /// is an event, and so is each call over many. Errors: notFound; invalidArgument (empty);
    /// alreadyExists (name); conflict when it has a name already, or has none to lose.
    Result<void> registerName(AgentId id, std::string name);
    Result<void> unregisterName(AgentId id);
    /// In order: of two that want one name, the first gets it.
    BulkDone registerMany(std::span<const std::pair<AgentId, std::string>> names);
    BulkDone unregisterMany(std::span<const AgentId> ids);
    /// Changes attributes and capabilities of a living agent. Errors: notFound.
    Result<void> update(AgentId id, const AgentUpdate& change);
    /// The same change for each; agents that were alike share what it makes of them.
    BulkDone updateMany(std::span<const AgentId> ids, const AgentUpdate& change);

    // ---- watching them ----
    /// `ended` is called once, on an engine thread; at once when it is already gone.
    void monitor(AgentId id, std::function<void(const AgentEnded&)> ended);
    /// Its stateJson(), taken between two messages, before the mail that waits. Errors: notFound;
    /// unavailable when the type has none; timedOut.
    void inspect(AgentId id, Duration timeout, std::function<void(Result<std::string>)> done);

    /// The number of a word for setAction(). Up to 4,000 different ones; beyond, "other".
    [[nodiscard]] ActionLabel actionLabel(std::string_view text);
    [[nodiscard]] RuntimeCounters counters() const;
    /// What one idle agent of type A takes, besides its name.
    template <class A>
    [[nodiscard]] std::uint64_t bytesPerAgent() const
    {
        return bytesFor(detail::kAgentOps<A>);
    }

    /// No more agents are made; all are stopped, supervisors' children in reverse order, and
    /// awaited for at most `bound` (of the runtime's clock when simulated). Handlers inside a
    /// co_await may finish within it. What did not stop is named; calling it again goes on.
    /// `enough` is asked every few milliseconds: true ends the wait before the bound.
    [[nodiscard]] DrainReport drain(Duration bound, const std::function<bool()>& enough = {});

    static constexpr Duration kDrainBound = std::chrono::seconds(5);

private:
    struct Letter {
        AgentId to;
        detail::Envelope* envelope;
    };
    using NextLetter = std::function<Letter(detail::ThreadContext& from, std::uint64_t index)>;
    using AnswerTaker = std::function<void(detail::Envelope* answer, const Error* error)>;

    explicit Runtime(std::unique_ptr<detail::EngineParts> parts);
    [[nodiscard]] detail::ThreadContext& context();
    Delivery post(detail::ThreadContext& from, AgentId to, detail::Envelope* envelope);
    void askOutside(AgentId to, detail::Envelope* question, Duration timeout, AnswerTaker taker);
    [[nodiscard]] BulkDone giveNames(std::span<const std::pair<AgentId, std::string>> names);
    [[nodiscard]] BulkDone takeNames(std::span<const AgentId> ids);
    [[nodiscard]] BulkDone updateTraits(std::span<const AgentId> ids, const AgentUpdate& change);
    /// One event over those of a call that were not refused.
    void announce(EventType type, const BulkDone& done, std::span<const AgentId> ids,
                  std::string_view change = {});
    [[nodiscard]] BulkSent sendEach(std::uint64_t count, const NextLetter& next);
    /// False: it was so already. Neither publishes nor wakes.
    [[nodiscard]] Result<bool> setSuspended(AgentId id, bool suspended);
    [[nodiscard]] std::vector<AgentId> setSuspendedMany(std::span<const AgentId> ids,
                                                        bool suspended);
    void wakeUp(AgentId id);
    [[nodiscard]] static Error answerError(detail::Envelope& answer, const MessageType& expected);
    [[nodiscard]] std::uint64_t bytesFor(const detail::AgentOps& ops) const noexcept;

    std::unique_ptr<detail::EngineParts> m_parts;
    detail::Core* m_core;
};

template <class Reply, class M, class Continuation>
void Runtime::ask(AgentId to, M&& message, Duration timeout, Continuation done)
{
    auto taker = [done = std::move(done)](detail::Envelope* answer, const Error* error) mutable {
        if (error != nullptr) {
            done(Result<Reply>(*error));
        } else if (answer->type == &kMessageType<Reply>) {
            done(Result<Reply>(std::move(*static_cast<Reply*>(answer->message()))));
        } else {
            done(Result<Reply>(answerError(*answer, kMessageType<Reply>)));
        }
    };
    askOutside(to, detail::makeEnvelope<true>(context(), std::forward<M>(message)), timeout,
               std::move(taker));
}

}  // namespace muster
