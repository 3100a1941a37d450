// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "storage/internal/reader_state.h"
#include "storage/internal/text_index.h"

namespace muster {

/// Asks the full-text index which events may hold the words of a query, part by part. A part
/// that is damaged is told in the session's notice, and not asked.
/// Within the caller's ReadMoment. Thread safety: one thread at a time.
class TextSearch {
public:
    TextSearch(SessionReader::State& session, std::string query)
        : m_session(session), m_query(std::move(query))
    {
    }

    [[nodiscard]] bool helps() const noexcept { return !m_query.empty(); }

    /// The last event of a part that the index knows; 0: none of the part.
    [[nodiscard]] Result<std::int64_t> reach(std::int64_t part);

    /// Return false to stop.
    using Visit = std::function<Result<bool>(std::int64_t event)>;
    /// The events of a part with first ≤ id ≤ last that may match, in order, as far as reach().
    /// False: stopped. Errors: corrupt, when the rest of the part must be looked through.
    [[nodiscard]] Result<bool> visit(std::int64_t part, std::int64_t first, std::int64_t last,
                                     bool descending, const Visit& visit);

private:
    [[nodiscard]] Result<bool> holds(const TextPart& part);

    SessionReader::State& m_session;
    std::string m_query;
};

}  // namespace muster
