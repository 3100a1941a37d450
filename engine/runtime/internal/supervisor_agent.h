// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "runtime/agent.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/supervisor.h"

namespace muster::detail {

/// A child did not end in its time.
struct ShutdownOverdue {
    std::uint64_t step;
};

/// A back-off is over, or a start that failed is due again.
struct RestartDue {
    AgentId child;
    bool again;  ///< counts as another restart
};

/// Goes on with what it was at; in between, other mail has its turn.
struct Proceed {};

/// A supervisor: an agent whose messages are the ends of its children. What it is doing is kept
/// as two lists, of children to end and children to start, worked off one at a time; ends that
/// come meanwhile wait. Thread safety: an agent's.
class SupervisorAgent
    : public Agent<SupervisorAgent, Handles<ChildDown, Proceed, RestartDue, ShutdownOverdue>> {
public:
    static constexpr std::string_view kType = "supervisor";

    explicit SupervisorAgent(const SupervisorOptions& options);

    Result<void> init();
    void handle(const ChildDown& down);
    void handle(const Proceed& message);
    void handle(const RestartDue& due);
    void handle(const ShutdownOverdue& overdue);
    [[nodiscard]] std::string stateJson() const;
    /// Ends the children first; true once they have.
    [[nodiscard]] bool mayStop(const EndReason& reason);

private:
    enum class Mode : std::uint8_t { watching, restarting, endingAll, done };

    void decide(const ChildDown& down);
    void restart(AgentId child);
    void beginRestart(AgentId child);
    void escalate(AgentId child, const EndReason& reason);
    void beginShutdown(const EndReason& reason);
    void proceed();
    [[nodiscard]] bool endNext();
    [[nodiscard]] bool endTogether();
    void startNext();
    void finishRestart();
    void finishShutdown();
    void releaseIfTemporary(AgentId child);
    /// A child's restart leaves the others as they are.
    [[nodiscard]] bool eachAlone() const noexcept;
    [[nodiscard]] Duration backoff();

    SupervisorOptions m_options;
    RestartIntensity m_intensity;
    Mode m_mode = Mode::watching;
    std::vector<AgentId> m_toEnd;   ///< the last is next
    std::deque<AgentId> m_toStart;  ///< the first is next
    AgentId m_awaited;              ///< told to end, not heard of yet
    bool m_together = false;        ///< dynamic: all were told
    std::uint64_t m_step = 0;
    std::deque<std::variant<ChildDown, RestartDue>> m_waiting;  ///< to decide on later
    EndReason m_lastEnd;                                        ///< why the restart under way is
    EndReason m_reason;                                         ///< of its own end
    bool m_ordered = false;  ///< told to stop, rather than escalating
};

}  // namespace muster::detail
