// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "api/snapshot.h"

namespace muster {

/// The run's last marks, numbered. Thread safety: any thread.
class MarkLog {
public:
    /// Gives it its number and keeps it.
    Mark add(WallTime at, std::string kind, std::string text);
    /// Oldest first, at most Snapshot::kMarksKept.
    [[nodiscard]] std::vector<Mark> marks() const;

private:
    mutable std::mutex m_mutex;  // guards the next two
    std::uint64_t m_sequence = 0;
    std::deque<Mark> m_marks;
};

}  // namespace muster
