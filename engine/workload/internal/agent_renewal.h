// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "workload/internal/agent_rotation.h"
#include "workload/internal/load_board.h"
#include "workload/load_generator.h"

namespace muster {

/// Gives agents with a lifetime a successor each, one after the other and evenly spread: one
/// whose time is over gets no more work; when it has ended what it had, a new agent takes its
/// place in the rotation and it is stopped. One that was stopped by hand has no successor.
/// Thread safety: one thread at a time; the rotation is the same thread's.
class AgentRenewal {
public:
    AgentRenewal(Runtime& runtime, AgentRotation& rotation, const LoadBoard& board)
        : m_runtime(runtime), m_rotation(rotation), m_board(board)
    {
    }

    /// The last `target.agents.size()` members of the rotation; without a lifetime, nothing.
    void add(const LoadTarget& target);
    void advance(Duration passed);
    /// Why a successor could not be made at the last advance(); empty: all were.
    [[nodiscard]] const std::string& problem() const noexcept { return m_problem; }

private:
    struct Group {
        std::uint32_t first = 0;  ///< in the rotation
        std::uint32_t count = 0;
        Duration lifetime{};
        std::function<Result<BulkCreated>(std::uint64_t)> create;
        std::uint32_t next = 0;  ///< whose time is over next, from `first`
        double due = 0;          ///< so many more whose time is over; 0…1 between beats
        std::vector<std::uint32_t> leaving;  ///< without a successor yet
    };

    void retire(Group& group, Duration passed);
    void succeed(Group& group);

    Runtime& m_runtime;
    AgentRotation& m_rotation;
    const LoadBoard& m_board;
    std::vector<Group> m_groups;
    Duration m_passed{};
    std::string m_problem;
};

}  // namespace muster
