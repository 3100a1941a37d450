// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace muster {

/// The right to be a session's only writer: an advisory lock on "<file>-lock", which the system
/// takes back when the process dies. It is an open-file-description lock, so that two engines in
/// one process hold each other off too, and it is never taken on the session itself: closing any
/// descriptor of that file would drop SQLite's own locks.
/// Thread safety: one thread at a time.
class SessionLock {
public:
    /// Errors: conflict when another holds it; permissionDenied, readOnly, diskFull, ioFailure.
    [[nodiscard]] static Result<SessionLock> acquire(const std::filesystem::path& session);
    /// Whether somebody holds it now, found out without taking it.
    [[nodiscard]] static bool held(const std::filesystem::path& session);

    SessionLock() = default;
    SessionLock(SessionLock&& other) noexcept;
    SessionLock& operator=(SessionLock&& other) noexcept;
    ~SessionLock();  ///< removes the lock's file and gives the right back

private:
    std::filesystem::path m_file;
    int m_descriptor = -1;
};

}  // namespace muster
