// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/agent_type.h"
#include "runtime/end_reason.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// How agents end and begin again. A supervised agent whose end its supervisor must judge goes
/// `down`: its behaviour is gone, its place, name and mail stay until the supervisor revives or
/// releases it. Who changes the phase from `down` has it; nobody else touches it.

/// Tells a supervisor that a child's behaviour is gone; `gone`: so is its place.
struct ChildDown {
    AgentId id;
    EndReason reason;
    bool gone;
};

/// Ends the agent that the caller runs: for good, or down, as its orders and group say.
void endAgent(ThreadContext& context, Cell& cell, const EndReason& reason);
/// The same after an exception: counted and told as a crash.
void crashAgent(ThreadContext& context, Cell& cell, std::string_view what,
                std::string_view message);
/// A new behaviour in the agent that the caller runs, with the old one's state if it can. False:
/// it failed, and the agent crashed.
[[nodiscard]] bool restartAgent(ThreadContext& context, Cell& cell);

/// Gives an agent that is down a new behaviour. Errors: conflict when it is not down; init()'s.
[[nodiscard]] Result<void> reviveAgent(ThreadContext& context, AgentId id, std::string_view reason);
/// Ends an agent that is down for good. False when it was not down.
bool releaseAgent(ThreadContext& context, AgentId id, const EndReason& reason);

/// Closes the mailbox and drops what waits in it, counted, its askers told.
void dropMail(ThreadContext& context, Cell& cell);

/// What an idle agent of the type takes: cell, behaviour and index entry.
[[nodiscard]] std::uint64_t bytesPerAgent(const AgentOps& ops) noexcept;

/// A fresh behaviour is in place and initialized: lets its mail come to it.
void setReady(ThreadContext& context, Cell& cell);
/// The cell is free for another agent; the caller had made or ended it.
void freeCell(ThreadContext& context, Cell& cell);
/// Runs a behaviour's init. Exceptions are errors.
[[nodiscard]] Result<void> initialize(Cell& cell);

/// Makes this thread's context current while agents' code runs on it.
class ContextScope {
public:
    explicit ContextScope(ThreadContext& context) noexcept : m_before(ThreadContext::current())
    {
        ThreadContext::enter(&context);
    }
    ContextScope(const ContextScope&) = delete;
    ContextScope& operator=(const ContextScope&) = delete;
    ~ContextScope() { ThreadContext::enter(m_before); }

private:
    ThreadContext* m_before;
};

}  // namespace muster::detail
