// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "api/command.h"
#include "api/internal/command_handlers.h"

namespace muster {

/// Carries commands from any thread to the service thread without a lock, and has them carried
/// out one after the other in the order they came. Each is published as executed or refused.
/// Thread safety: submit() from any thread; beat() from one at a time.
class CommandRunner {
public:
    explicit CommandRunner(CommandContext context);
    CommandRunner(const CommandRunner&) = delete;
    CommandRunner& operator=(const CommandRunner&) = delete;
    /// Nothing must run any more: beats ended, the runtime gone.
    ~CommandRunner();

    /// `done` comes later, on an engine thread; when too many wait, at once.
    void submit(Command command, CommandDone done);
    /// Carries out what waits.
    void beat();
    /// Refuses what waits and what comes: the run is over. No beat runs any more.
    void close();

    static constexpr std::size_t kBound = 1024;

private:
    struct Pending;
    struct Queue;

    void execute(std::unique_ptr<Pending> pending);
    [[nodiscard]] Result<void> check(const Command& command) const;
    /// What it changed is on the disk before anybody is told.
    void settle(const std::shared_ptr<Pending>& pending, Result<CommandEffect> result);
    void conclude(Pending& pending, Result<CommandEffect> result);
    void refuseAll();

    CommandContext m_context;
    std::unique_ptr<Queue> m_queue;
    std::atomic<bool> m_busy{false};  ///< one that takes longer is under way
    std::atomic<bool> m_closed{false};
};

}  // namespace muster
