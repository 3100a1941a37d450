// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "api/queries.h"
#include "storage/export.h"
#include "storage/session_reader.h"

namespace muster {

// What the storage room keeps, in the words of the api room.

static_assert(static_cast<int>(StoredKind::errors) == static_cast<int>(ExportWhat::errors));
static_assert(static_cast<int>(StoredKind::results) == static_cast<int>(ExportWhat::results));
static_assert(static_cast<int>(StoredKind::events) == static_cast<int>(ExportWhat::events));
static_assert(static_cast<int>(StoredFormat::jsonl) == static_cast<int>(ExportFormat::jsonl));
static_assert(static_cast<int>(StoredFormat::csvWide) == static_cast<int>(ExportFormat::csvWide));
static_assert(static_cast<int>(StoredFormat::openMetrics) ==
              static_cast<int>(ExportFormat::openMetrics));
static_assert(static_cast<int>(StoredFormat::hdrLog) == static_cast<int>(ExportFormat::hdrLog));

[[nodiscard]] std::optional<StoredRange> toStored(const std::optional<TimeRange>& range);
[[nodiscard]] StoredEventQuery toStored(const EventQuery& query);

[[nodiscard]] EventRow toRow(const StoredEvent& event);
[[nodiscard]] Result<EventPage> readEvents(SessionReader& reader, const EventQuery& query);
/// One series in the answer for each asked, in their order; no points where none are stored.
[[nodiscard]] Result<HistoryPage> readHistory(SessionReader& reader, const HistoryQuery& query);

}  // namespace muster
