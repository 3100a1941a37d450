// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// A file descriptor that is closed with its owner.
class Descriptor {
public:
    explicit Descriptor(int number = -1) noexcept : m_number(number) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { reset(); }
    void reset() noexcept;
    [[nodiscard]] int number() const noexcept { return m_number; }

private:
    int m_number;
};

/// How a process ended.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    [[nodiscard]] std::string text() const;  ///< "exit code 1", "signal 9"
};

/// A program in a process group of its own. The group does not outlive us: when this process
/// ends in whatever way, a watcher (a shell that waits for the end of a pipe) kills the group.
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
    [[nodiscard]] Result<void> watch();
    void readOutput();
    void reap(int raw);

    const Clock& m_clock;
    pid_t m_pid = -1;
    pid_t m_watcher = -1;
    bool m_ended = false;
    ExitStatus m_status;
    Descriptor m_ending;  // a pidfd: readable once it ended
    Descriptor m_output;
    Descriptor m_lifeline;  // the watcher waits for its other end to close
    std::string m_words;
};

}  // namespace muster
