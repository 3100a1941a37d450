// SPDX-License-Identifier: Apache-2.0
#include "api/internal/mark_log.h"

#include <utility>

namespace muster {

Mark MarkLog::add(WallTime at, std::string kind, std::string text)
{
    const std::lock_guard lock(m_mutex);
    if (m_marks.size() == Snapshot::kMarksKept) {
        m_marks.pop_front();
    }
    return m_marks.emplace_back(Mark{at, std::move(kind), std::move(text), ++m_sequence});
}

std::vector<Mark> MarkLog::marks() const
{
    const std::lock_guard lock(m_mutex);
    return {m_marks.begin(), m_marks.end()};
}

}  // namespace muster
