// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace muster {

/// How a process ended.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    /// Of what waitpid() gave.
    [[nodiscard]] static ExitStatus of(int raw) noexcept;
    [[nodiscard]] std::string text() const;  ///< "exit code 1", "signal 9"
};

struct Pipe {
    Descriptor read;
    Descriptor write;
};

/// Both ends are closed in programs that are started. Errors: ioFailure.
[[nodiscard]] Result<Pipe> makePipe();

/// A program to start, with what it gets of ours.
struct Launch {
    std::vector<std::string> command;  ///< the program, found in PATH unless it has a slash
    std::optional<std::vector<std::string>> environment;  ///< "NAME=value"; none: ours
    std::string directory;                                ///< empty: ours
    int input = -1;                                       ///< -1: nothing to read
    int output = -1;                                      ///< -1: nowhere
    int errors = -1;                                      ///< likewise
    int announce = -1;         ///< gets "+ PID" before it runs, see GroupWatch
    bool dieWithUs = false;    ///< with the thread that starts it
    Duration cpu{};            ///< most it may compute; zero: no limit
    std::uint64_t memory = 0;  ///< most address space, bytes; 0: no limit
};

/// Starts a program in a process group of its own, without copying our memory, and returns once
/// it runs: some hundred microseconds. Who starts it must wait for its end.
/// Errors: notFound or permissionDenied for the program, ioFailure else. Thread safety: any.
[[nodiscard]] Result<pid_t> launch(const Launch& launch);

/// Where the shell would find the program; the name itself when it has a slash.
[[nodiscard]] std::string findProgram(const std::string& name);

}  // namespace muster
