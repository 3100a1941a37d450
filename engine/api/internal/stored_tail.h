// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "api/queries.h"
#include "storage/session_reader.h"

namespace muster {

/// The tail of a recorded run from a given event on: what is stored after it and what comes, in the
/// session's order, each once and none left out; at most so many rows a second, the rest waits in
/// the session. Thread safety: one thread at a time.
class StoredTail {
public:
    using Rows = std::function<void(std::vector<EventRow> rows, std::uint64_t skipped)>;

    /// `query.after` is where it begins. Errors: notFound when that is not stored.
    [[nodiscard]] static Result<StoredTail> start(SessionReader& session, const EventQuery& query,
                                                  std::uint32_t rowsPerSecond, Rows rows);

    /// Hands over what was stored since the last call, as far as the rate allows.
    [[nodiscard]] Result<void> flush(SessionReader& session, MonoTime now);

private:
    StoredTail(StoredEventQuery query, std::uint32_t rowsPerSecond, Rows rows);

    StoredEventQuery m_query;  // its `after` goes along
    double m_rowsPerSecond;
    Rows m_rows;
    std::optional<MonoTime> m_flushedAt;
    double m_allowed = 0;
};

}  // namespace muster
