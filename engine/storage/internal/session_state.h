// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/fault_points.h"
#include "storage/internal/database.h"
#include "storage/internal/session_lock.h"
#include "storage/session_file.h"

namespace muster {

/// What a SessionFile holds: for those inside the room who write to it.
/// The lock comes first, so that it is given back last.
struct SessionFile::State {
    std::filesystem::path file;
    std::string notice;
    SessionLock lock;
    Database database;

    /// After a failed write: opens the file again and verifies that all its log held reached
    /// the disk. Statements prepared before must be gone.
    [[nodiscard]] Result<void> reopen(FaultPoints* faults);
    /// Folds the log into the database file, so that a closed session is one file.
    void foldUp() noexcept;
};

}  // namespace muster
