// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agents/task_setup.h"
#include "base/ids.h"
#include "runtime/directory.h"
#include "workload/internal/load_board.h"

namespace muster {

/// Whose turn it is: the agents of a load one after the other, past those that are suspended,
/// have all they may have, or are gone; one without work before one that has some.
/// Thread safety: one thread at a time.
class AgentRotation {
public:
    struct Member {
        AgentId id;
        std::uint16_t queue = 1;  ///< jobs it may have; 0: it is gone
        std::uint16_t target = 0;
        bool retired = false;
    };

    AgentRotation(const Directory& directory, const LoadBoard& board)
        : m_directory(directory), m_board(board)
    {
    }

    void add(AgentId id, std::uint32_t queue, std::size_t target);
    /// Lets pick() look at every agent once more; between two calls it looks at none twice in vain.
    void beginBeat() noexcept { m_looksLeft = m_members.size(); }
    /// No more turns until the next beat.
    void endBeat() noexcept { m_looksLeft = 0; }
    [[nodiscard]] std::optional<std::uint32_t> pick();
    /// It ended: it has no turn any more.
    void remove(std::uint32_t agent) noexcept;
    /// No more turns until replace(), though it lives; false when it had none any more.
    bool retire(std::uint32_t agent);
    /// Another has the turns of one that is retired.
    void replace(std::uint32_t agent, AgentId by) noexcept;

    [[nodiscard]] const Member& operator[](std::uint32_t agent) const { return m_members[agent]; }
    [[nodiscard]] std::size_t size() const noexcept { return m_members.size(); }
    [[nodiscard]] std::size_t living() const noexcept { return m_living; }
    /// Jobs that all of them may have together.
    [[nodiscard]] std::uint64_t room() const noexcept { return m_room; }

private:
    [[nodiscard]] bool takesWork(std::uint32_t agent);

    const Directory& m_directory;
    const LoadBoard& m_board;
    std::vector<Member> m_members;
    std::size_t m_next = 0;
    std::size_t m_looksLeft = 0;
    std::size_t m_living = 0;
    std::uint64_t m_room = 0;
};

}  // namespace muster
