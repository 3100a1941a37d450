// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agents/job.h"
#include "agents/operator_note.h"
#include "agents/task_setup.h"
#include "calls/protected_call.h"
#include "runtime/agent.h"

namespace muster {

/// Performs its group's action for one job after another. Work that blocks is done on the
/// blocking pool, waiting by a timer; in a simulation all of it is drawn beforehand.
class TaskAgent : public Agent<TaskAgent, Handles<Job, ItemJob, StageItem, OperatorNote>> {
public:
    static constexpr std::string_view kType = "task";

    explicit TaskAgent(TaskSetup& setup) noexcept : m_setup(&setup) {}

    /// Of actions that neither block nor wait.
    void handle(Job&& job);
    [[nodiscard]] Async<void> handle(ItemJob&& job);
    /// Of an agent whose group hands its results on to this one's.
    [[nodiscard]] Async<StageDone> handle(StageItem&& stage);
    void handle(OperatorNote&& note);
    [[nodiscard]] std::string stateJson() const;

private:
    /// The item through its action, and on through the stages that follow. True: all went well.
    /// Not begun when its deadline has passed; `until` is 0 without one.
    [[nodiscard]] Async<bool> work(std::string_view item, std::uint64_t number, MonoTime intended,
                                   MonoTime until);
    [[nodiscard]] Async<bool> handOn(std::string item, std::uint64_t number, MonoTime until);
    /// Through the group's service, if it has one, and with its fallback.
    [[nodiscard]] Async<ActionOutcome> perform(ActionCall call);
    [[nodiscard]] Async<ActionOutcome> callService(ActionCall call);
    /// One attempt; what it gave is put into `outcome`.
    [[nodiscard]] Async<AttemptEnd> attempt(ActionCall call, Duration longest,
                                            ActionOutcome& outcome);
    /// A fault that was injected: how it ended the attempt, if it did.
    [[nodiscard]] Async<std::optional<ActionOutcome>> suffer(ActionFault fault, ActionCall call);
    [[nodiscard]] Async<ActionOutcome> carryOut(ActionCall call, const TaskWork& work);
    /// On the blocking pool, until its deadline.
    [[nodiscard]] Async<ActionOutcome> block(ActionCall call, const TaskWork& work);
    [[nodiscard]] Async<ActionOutcome> carryOutPlan(ActionCall call, const TaskWork& work);
    void count(bool ok) noexcept { ++(ok ? m_ok : m_failed); }
    void end(Job& job, bool ok) noexcept;

    TaskSetup* m_setup;
    std::uint32_t m_ok = 0;
    std::uint32_t m_failed = 0;
    std::unique_ptr<const std::string> m_note;  ///< the last one; most agents never get one
};

}  // namespace muster
