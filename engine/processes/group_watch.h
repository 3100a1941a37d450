// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "base/descriptor.h"
#include "base/result.h"

namespace muster {

/// Sees to it that process groups do not outlive us, however we end: a shell beside us knows
/// them, waits for the end of a pipe that only we hold, and then kills those that are left. What
/// leaves its group (setsid) escapes it. Thread safety: one thread at a time.
class GroupWatch {
public:
    GroupWatch() = default;
    GroupWatch(const GroupWatch&) = delete;
    GroupWatch& operator=(const GroupWatch&) = delete;
    ~GroupWatch();

    /// Errors: no shell, no pipe.
    [[nodiscard]] Result<void> start();
    [[nodiscard]] bool started() const noexcept { return m_shell > 0; }
    /// For Launch::announce: the new process puts itself under watch before it runs.
    [[nodiscard]] int descriptor() const noexcept { return m_lifeline.number(); }
    /// The group is gone. To be said before its leader is waited for: afterwards its number may
    /// be another's.
    void forget(pid_t group) noexcept;

private:
    pid_t m_shell = -1;
    Descriptor m_lifeline;
};

}  // namespace muster
