// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "processes/process_runner.h"

namespace muster {

/// One program of a ProcessRunner. Never waits but in its destructor, which kills it if it has
/// not ended. Thread safety: the runner's I/O thread.
class Process {
public:
    /// Errors: as launch().
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(const ProcessRequest& request,
                                                                int announce, MonoTime now);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    [[nodiscard]] pid_t pid() const noexcept { return m_pid; }
    /// Those that are open: its end, its output, its errors.
    [[nodiscard]] std::vector<int> descriptors() const;
    /// Takes what there is. True: no more will come of this one, and it is closed.
    [[nodiscard]] bool readFrom(int descriptor);
    /// It has ended, and waits to be reaped.
    [[nodiscard]] bool ended() const;
    /// To its whole group; harmless once it was reaped.
    void kill() noexcept;
    /// Once it has ended.
    [[nodiscard]] ProcessReport reap(MonoTime now);

private:
    explicit Process(std::uint64_t longest) : m_longest(longest) {}
    /// False: it is at its end.
    [[nodiscard]] bool take(Descriptor& from, std::string& kept, std::uint64_t& bytes);

    const std::uint64_t m_longest;
    pid_t m_pid = -1;
    bool m_reaped = false;
    MonoTime m_began;
    Descriptor m_ending;  // a pidfd: readable once it ended
    Descriptor m_output;
    Descriptor m_errors;
    ProcessReport m_report;
};

}  // namespace muster
