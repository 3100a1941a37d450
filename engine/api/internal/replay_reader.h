// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "api/replay.h"
#include "storage/session_reader.h"

namespace muster {

/// The events of a replay one after the other, in their order, a page of them in memory at a time.
/// Blocking. Thread safety: one thread at a time.
class ReplayReader {
public:
    /// Errors: those of SessionReader::open(); notFound for a run that is not there; a pattern or
    /// a range that is none.
    [[nodiscard]] static Result<std::unique_ptr<ReplayReader>> open(const ReplayQuery& query);

    [[nodiscard]] RunId run() const noexcept { return m_run; }
    [[nodiscard]] TimeRange range() const noexcept { return m_range; }
    /// For what else is to be known of that run.
    [[nodiscard]] SessionReader& session() noexcept { return *m_reader; }
    /// The next one, until pop(); null: there is none. Errors: what stands in the way of reading.
    [[nodiscard]] Result<const StoredEvent*> peek();
    void pop() noexcept { ++m_place; }

private:
    ReplayReader(std::unique_ptr<SessionReader> reader, const StoredRun& run, TimeRange range,
                 const ReplayQuery& query);

    std::unique_ptr<SessionReader> m_reader;
    RunId m_run;
    TimeRange m_range;
    StoredEventQuery m_query;
    StoredEventPage m_page;
    std::size_t m_place = 0;
    bool m_more = true;
};

}  // namespace muster
