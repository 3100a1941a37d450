// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text_search.h"

#include <fmt/core.h>

namespace muster {

Result<std::int64_t> TextSearch::reach(std::int64_t part)
{
    const auto known = findTextPart(m_session.database, part);
    if (!known) {
        return isDamage(known.error()) ? Result<std::int64_t>(0) : known.error();
    }
    if (!*known) {
        return std::int64_t{0};
    }
    const auto whole = holds(**known);
    if (!whole) {
        return whole.error();
    }
    return *whole ? (*known)->last : std::int64_t{0};
}

Result<bool> TextSearch::holds(const TextPart& part)
{
    const auto verified = m_session.textParts.find(part.id);
    if (verified != m_session.textParts.end() && verified->second.part == part) {
        return verified->second.holds;
    }
    const auto sum = sumTextPart(m_session.database, part.id);
    const bool whole = sum.ok() && *sum == part.sum;
    m_session.textParts[part.id] = {part, whole};
    if (!whole) {
        m_session.damage.remark(
            "A part of the full-text index is damaged: its events are searched without it");
    }
    return whole;
}

Result<bool> TextSearch::visit(std::int64_t part, std::int64_t first, std::int64_t last,
                               bool descending, const Visit& visit)
{
    auto found = m_session.database.prepare(
        fmt::format("SELECT rowid FROM text_{0} WHERE text_{0} MATCH ?1 AND rowid BETWEEN ?2 AND "
                    "?3 ORDER BY rowid {1}",
                    part, descending ? "DESC" : "ASC"));
    if (!found) {
        return found.error();
    }
    found->bind(1, std::string_view(m_query)).bind(2, first).bind(3, last);
    auto row = found->step();
    for (; row && *row; row = found->step()) {
        const auto more = visit(found->integer(0));
        if (!more || !*more) {
            return more;
        }
    }
    return row ? Result<bool>(true) : Result<bool>(row.error());
}

}  // namespace muster
