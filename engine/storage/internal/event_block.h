// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "storage/internal/database.h"
#include "storage/internal/schema.h"

namespace muster {

using TypeSet = std::bitset<kBlockTypes>;

/// What is in one block of events, so that a query can pass it over unread.
struct EventBlock {
    std::int64_t id = 0;  ///< the events' positions shifted right by kBlockShift
    std::int64_t rows = 0;
    std::int64_t durable = 0;
    std::int64_t fromAt = 0;
    std::int64_t toAt = 0;
    std::int64_t fromSequence = 0;
    std::int64_t toSequence = 0;
    std::int64_t fromRun = 0;
    std::int64_t toRun = 0;
    std::optional<TypeSet> types = std::nullopt;  ///< empty: any

    void add(std::int64_t at, std::int64_t sequence, std::int64_t run, std::int64_t type,
             bool isDurable);

    [[nodiscard]] std::int64_t firstEvent() const noexcept { return id << kBlockShift; }
    [[nodiscard]] std::int64_t lastEvent() const noexcept { return ((id + 1) << kBlockShift) - 1; }
};

/// The table of blocks. Thread safety: one thread at a time.
class EventBlockTable {
public:
    [[nodiscard]] static Result<EventBlockTable> open(Database& database);

    /// Empty: there is no such block, or what is known of it is damaged.
    [[nodiscard]] Result<std::optional<EventBlock>> find(std::int64_t id);
    /// The first one from `id` on.
    [[nodiscard]] Result<std::optional<EventBlock>> findFrom(std::int64_t id);
    [[nodiscard]] Result<void> put(const EventBlock& block);
    [[nodiscard]] Result<void> remove(std::int64_t id);

private:
    Statement m_find;
    Statement m_findFrom;
    Statement m_put;
    Statement m_remove;
};

}  // namespace muster
