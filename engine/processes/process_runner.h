// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "processes/launch.h"

namespace muster {

/// A program to be run to its end.
struct ProcessRequest {
    std::vector<std::string> command;
    std::vector<std::string> environment;     ///< "NAME=value": all that it gets
    std::string directory;                    ///< empty: ours
    Duration cpu{};                           ///< most it may compute; zero: no limit
    std::uint64_t memory = 0;                 ///< most address space, bytes; 0: no limit
    std::uint64_t longestOutput = 64 * 1024;  ///< kept of its output, and of its errors
};

/// What came of it.
struct ProcessReport {
    ExitStatus status;
    std::string output;  ///< its beginning
    std::string errors;
    std::uint64_t outputBytes = 0;  ///< all of it, kept or not
    std::uint64_t errorBytes = 0;
    Duration wall{};
    Duration cpu{};                ///< of it and those it waited for
    std::uint64_t peakMemory = 0;  ///< resident bytes of the largest of them
};

/// Who gets the report. Called on the runner's I/O thread: it must not wait.
class ProcessReceiver {
public:
    virtual ~ProcessReceiver() = default;
    /// Once, unless it was given up. Errors: the program cannot be started.
    virtual void done(Result<ProcessReport> report) = 0;
};

struct ProcessRunnerOptions {
    std::uint32_t mostRunning = 512;  ///< at once; more are refused
};

/// Runs programs, each in a process group of its own, and waits for all of them on one I/O
/// thread, which is started with the first. A group ends with its leader, with its ticket, with
/// the runner, and with our own end, whatever ends us.
/// Thread safety: run() from any thread.
class ProcessRunner {
    class Impl;
    struct Job;

public:
    /// A program under way; kills its group when it goes. Thread safety: one thread at a time.
    class Ticket {
    public:
        Ticket() = default;
        Ticket(Ticket&& other) noexcept = default;
        Ticket& operator=(Ticket&& other) noexcept;
        ~Ticket() { cancel(); }
        /// Its receiver may be called once more if that is being done now.
        void cancel() noexcept;

    private:
        friend class ProcessRunner;
        Ticket(std::shared_ptr<Impl> runner, std::shared_ptr<Job> job) noexcept
            : m_runner(std::move(runner)), m_job(std::move(job))
        {
        }
        std::shared_ptr<Impl> m_runner;
        std::shared_ptr<Job> m_job;
    };

    explicit ProcessRunner(ProcessRunnerOptions options = {});
    ProcessRunner(const ProcessRunner&) = delete;
    ProcessRunner& operator=(const ProcessRunner&) = delete;
    /// Kills what runs and waits for its end; its receivers are dropped without a word.
    ~ProcessRunner();

    /// Errors: overloaded; unavailable if the thread cannot be started.
    [[nodiscard]] Result<Ticket> run(ProcessRequest request,
                                     std::unique_ptr<ProcessReceiver> receiver);
    /// Programs that run now.
    [[nodiscard]] std::uint64_t running() const noexcept;

private:
    std::shared_ptr<Impl> m_impl;
};

}  // namespace muster
