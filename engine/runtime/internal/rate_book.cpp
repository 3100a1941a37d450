// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/rate_book.h"

#include <utility>

namespace muster::detail {

bool RateBook::begin(MonoTime now, std::uint32_t slots)
{
    if (!m_younger.notes.empty() && now - m_younger.at < kPageAge) {
        return false;
    }
    std::swap(m_older, m_younger);
    m_younger.at = now;
    m_younger.notes.assign(slots, Note{});
    return true;
}

void RateBook::note(AgentId id, std::uint64_t handled) noexcept
{
    if (id.slot < m_younger.notes.size()) {
        m_younger.notes[id.slot] = {id.generation, static_cast<std::uint32_t>(handled)};
    }
}

std::optional<double> RateBook::rate(AgentId id, std::uint64_t handled, MonoTime now) const noexcept
{
    for (const Page* page : {&m_older, &m_younger}) {
        if (id.slot < page->notes.size() && page->notes[id.slot].generation == id.generation &&
            now > page->at) {
            const auto more = static_cast<std::uint32_t>(handled) - page->notes[id.slot].handled;
            const auto seconds = std::chrono::duration<double>(now - page->at).count();
            return static_cast<double>(more) / seconds;
        }
    }
    return std::nullopt;
}

}  // namespace muster::detail
