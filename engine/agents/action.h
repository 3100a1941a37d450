// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agents/action_world.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/rng.h"
#include "documents/schema.h"
#include "documents/value.h"
#include "events/fields.h"
#include "protection/failure_class.h"
#include "runtime/async.h"

namespace muster {

struct ActionFailure {
    FailureClass failure = FailureClass::application;
    Error error;
    std::optional<Duration> retryAfter = std::nullopt;  ///< asked for by the dependency
};

/// A result in the order of ActionInfo::columns, or why there is none.
using ActionOutcome = std::variant<Fields, ActionFailure>;

/// One call of an action. Owns nothing.
struct ActionCall {
    std::string_view item;  ///< a path, a line, a row; empty without an input
    std::uint64_t number = 0;
    std::uint32_t attempt = 1;  ///< of a call that is tried again: which
    AgentId agent;              ///< who calls
    MonoTime deadline;          ///< 0: none
    MonoTime itemDeadline;      ///< of all that is done with the item; 0: none
    const Clock* clock = nullptr;
    const std::atomic<bool>* stop = nullptr;  ///< set: nobody waits for it any more

    /// What blocks asks this after each piece of work, so that its thread is free again soon.
    [[nodiscard]] bool expired() const noexcept
    {
        return (stop != nullptr && stop->load(std::memory_order_relaxed)) ||
               (deadline.nanoseconds != 0 && clock->now() >= deadline);
    }
    /// What is left for it, at most so long.
    [[nodiscard]] Duration within(Duration longest) const noexcept
    {
        return deadline.nanoseconds == 0 ? longest : std::min(longest, deadline - clock->now());
    }
    /// Draws that belong to this attempt: the same seed and numbers give the same.
    [[nodiscard]] Rng rng(const Rng& seed) const noexcept
    {
        const Rng ofCall = seed.fork(number);
        return attempt == 1 ? ofCall : ofCall.fork(attempt);
    }
};

/// What a call that blocks nothing does: drawn beforehand, carried out by the agent. The
/// computing is spun in its handler, the waiting is a timer.
struct ActionPlan {
    Duration compute{};
    Duration wait{};
    std::uint64_t allocate = 0;  ///< bytes held while it waits
    bool fail = false;
    FailureClass failure = FailureClass::application;  ///< if it fails
};

/// A configured action, shared by all agents that perform it.
/// Thread safety: every function from any thread.
class Action {
public:
    virtual ~Action() = default;

    /// What it uses outside, as its file says.
    [[nodiscard]] virtual ActionNeeds needs() const { return {}; }
    /// Before a run that is no simulation: the action as it works in `world`, which must outlive
    /// it; null: as it is. Errors: what it needs and is not there.
    [[nodiscard]] virtual Result<std::shared_ptr<const Action>> bind(const ActionWorld& world) const
    {
        static_cast<void>(world);
        return std::shared_ptr<const Action>();
    }
    /// What keeps it from being tried with this item, by parameter: "url: the item has no field
    /// id". Nothing is done to find out; needs no binding.
    [[nodiscard]] virtual std::vector<std::string> unfit(std::string_view item) const
    {
        static_cast<void>(item);
        return {};
    }
    /// Carries it out without holding a thread, within its agent's handler. Only for kinds with
    /// ActionInfo::outside; only of a bound one.
    [[nodiscard]] virtual Async<ActionOutcome> reach(ActionCall call) const { co_return run(call); }
    /// Carries it out; may block on a disk, never without end: it looks at the deadline.
    /// Only for kinds with ActionInfo::blocking.
    [[nodiscard]] virtual ActionOutcome run(const ActionCall& call) const = 0;
    /// Whether its plans may wait or allocate; without, an agent needs no coroutine.
    [[nodiscard]] virtual bool waits() const noexcept { return true; }
    /// What it does in a simulation, and of kinds that do not block what it does at all.
    [[nodiscard]] virtual ActionPlan plan(const ActionCall& call, const Rng& seed) const = 0;
    /// The outcome of a call that was planned: the plan's, with a modelled result.
    [[nodiscard]] virtual ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                                const Rng& seed) const = 0;
};

/// A kind of action: what it takes, what it gives, how it runs.
struct ActionInfo {
    std::string kind;  ///< "files.digest"
    std::string help;
    std::vector<SchemaField> parameters;
    std::vector<std::string> columns;  ///< of its result rows; empty: it gives none
    bool blocking = false;             ///< runs on the blocking pool
    bool outside = false;              ///< waits for others without a thread: Action::reach()
    bool needsItem = false;            ///< useless without an input
    bool startsProcesses = false;
    bool reachesNetwork = false;
    /// From parameters that hold to the schema. Errors: what the schema cannot say.
    std::function<Result<std::shared_ptr<const Action>>(const Value& parameters)> make;
};

/// The kinds of action there are. Thread safety: immutable once filled.
class ActionRegistry {
public:
    /// Errors: alreadyExists.
    [[nodiscard]] Result<void> add(ActionInfo info);
    [[nodiscard]] const ActionInfo* find(std::string_view kind) const noexcept;
    [[nodiscard]] const std::vector<ActionInfo>& all() const noexcept { return m_kinds; }

private:
    std::vector<ActionInfo> m_kinds;
};

/// files.walk, files.digest, files.count, files.grep, http, exec, llm and synthetic.
[[nodiscard]] ActionRegistry builtInActions();

}  // namespace muster
