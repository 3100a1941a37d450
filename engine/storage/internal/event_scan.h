// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>

#include "storage/internal/block.h"
#include "storage/internal/event_decoder.h"
#include "storage/internal/reader_state.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/text_search.h"
#include "storage/text_match.h"

namespace muster {

/// One event query carried out: goes over the blocks, passes over those that cannot hold a
/// match, asks the full-text index where it helps, and shows the events that match. Within the
/// caller's ReadMoment. Thread safety: one thread at a time.
class EventScan {
public:
    [[nodiscard]] static Result<EventScan> open(SessionReader::State& session,
                                                const StoredEventQuery& query);

    /// Returns how many were shown.
    [[nodiscard]] Result<std::uint64_t> run(const StoredEventVisitor& visit);

private:
    EventScan(SessionReader::State& session, const StoredEventQuery& query);

    [[nodiscard]] Result<void> resolveTypes();
    [[nodiscard]] Result<void> resolveBounds();
    [[nodiscard]] Result<std::int64_t> positionOf(EventId id);
    [[nodiscard]] bool mayHold(const Block& block) const;
    /// Whether the full-text index knows the events of this block, and the query can use it.
    [[nodiscard]] Result<bool> isIndexed(std::int64_t block);
    /// What of a part's events may match by the other conditions; as far as the index has come.
    [[nodiscard]] Result<IdRange> wantedOf(std::int64_t part);
    /// All of m_part that is indexed; `block` becomes the last one of it in the order. The rest as
    /// scanBlock().
    [[nodiscard]] Result<bool> searchPart(std::int64_t& block, const StoredEventVisitor& visit);
    [[nodiscard]] RowScan::Visit shower(const StoredEventVisitor& visit);
    /// True: the visitor stopped, or the limit was reached.
    [[nodiscard]] Result<bool> scanBlock(std::int64_t block, const StoredEventVisitor& visit);
    [[nodiscard]] bool matches(const Statement& row) const;

    SessionReader::State& m_session;
    const StoredEventQuery m_query;
    const TextMatch m_text;
    TextSearch m_search;
    std::int64_t m_part = -1;  // that m_reach is of
    std::int64_t m_reach = 0;
    std::optional<RowScan> m_rows;
    std::optional<BlockTable> m_blocks;
    EventDecoder m_decoder;
    bool m_anyType = true;
    bool m_typesInBlocks = true;  // all wanted types are among those that blocks tell of
    TypeSet m_blockTypes;
    std::unordered_set<std::int64_t> m_types;
    IdRange m_bounds;
    std::uint64_t m_shown = 0;
    StoredEvent m_event;
};

}  // namespace muster
