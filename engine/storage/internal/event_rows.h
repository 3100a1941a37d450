// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "storage/internal/block.h"
#include "storage/internal/progress.h"

namespace muster {

/// An event as its row is written. Owns no text.
struct EventRowView {
    EventId id;
    WallTime at;
    std::int64_t type = 0;  ///< event_types.id
    std::string_view source;
    std::string_view data;
    TraceId trace{};
    EventId cause{};
    CorrelationId correlation{};
    std::uint16_t version = 1;
    bool durable = false;
};

/// Appends to the tables of events and of their blocks, inside the caller's transaction. After a
/// rollback it must be opened anew. Thread safety: one thread at a time.
class EventRows {
public:
    /// Goes on after the last event of the session, in the run whose events have this origin.
    [[nodiscard]] static Result<EventRows> open(Database& database, Progress& progress, RunId run,
                                                std::uint64_t origin);
    EventRows() = default;

    [[nodiscard]] Result<void> append(const EventRowView& event);
    /// The block that still grows: not for others to change.
    [[nodiscard]] std::int64_t openBlock() const noexcept { return m_blocks.openBlock(); }
    /// Before each commit: writes what is known of the last block.
    [[nodiscard]] Result<void> finish();

private:
    Statement m_insert;
    BlockTail m_blocks;
    Progress* m_progress = nullptr;
    RunId m_run;
    std::uint64_t m_origin = 0;
    std::array<bool, 5> m_none{};  // which ids the statement still has as none
};

}  // namespace muster
