// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "api/engine.h"
#include "api/snapshot.h"

namespace muster::ctl {

/// What a run shows of itself while it goes on, on standard error: a small table that stands
/// still and is redrawn in a terminal, a line every few seconds elsewhere.
/// Thread safety: one thread.
class LiveView {
public:
    LiveView();

    void show(const Snapshot& snapshot);
    /// Puts a message above the table.
    void say(const std::string& text);
    /// Leaves the table as it stands; what follows comes below it.
    void end();

private:
    void erase();

    bool m_terminal;
    std::size_t m_lines = 0;     ///< of the table now on the screen
    std::int64_t m_shownAt = 0;  ///< wall time, nanoseconds
    std::string m_table;
};

/// One status line of `--format jsonl`.
[[nodiscard]] std::string statusJson(const Snapshot& snapshot);
/// The summary for people.
[[nodiscard]] std::string summaryTable(const RunSummary& summary, const Snapshot* last);

}  // namespace muster::ctl
