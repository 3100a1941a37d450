// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "processes/group_watch.h"
#include "processes/launch.h"

namespace muster {

/// A program in a process group of its own. The group does not outlive us: when this process
/// ends in whatever way, a GroupWatch kills the group.
/// The thread that starts it must live until it has ended; the clock is a real one. Thread safety:
/// that thread.
class ChildProcess {
public:
    /// Errors: notFound or permissionDenied for the program, ioFailure else.
    [[nodiscard]] static Result<std::unique_ptr<ChildProcess>> start(
        const std::vector<std::string>& command, const Clock& clock);
    /// Kills the group if that is still needed, and waits for it.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return m_pid; }
    /// Waits at most `bound` for its end, keeping what it says meanwhile; returns
    /// early when `wake` becomes readable. True: it ended, and status() says how.
    [[nodiscard]] bool wait(Duration bound, int wake);
    [[nodiscard]] const ExitStatus& status() const noexcept { return m_status; }
    /// To every process of the group.
    void signalGroup(int signal) noexcept;
    /// The end of what it wrote to its standard output and error.
    [[nodiscard]] std::string lastWords() const;

private:
    explicit ChildProcess(const Clock& clock) : m_clock(clock) {}
    void readOutput();
    [[nodiscard]] bool reap();

    const Clock& m_clock;
    pid_t m_pid = -1;
    bool m_ended = false;
    ExitStatus m_status;
    Descriptor m_ending;  // a pidfd: readable once it ended
    Descriptor m_output;
    GroupWatch m_watch;
    std::string m_words;
};

}  // namespace muster
