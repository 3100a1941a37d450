// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "storage/internal/export_writer.h"
#include "storage/internal/frame_scan.h"
#include "storage/internal/reader_state.h"

namespace muster {

/// Metrics in any of their formats, as exportSession() describes them.
/// Within the caller's ReadMoment.
[[nodiscard]] Result<void> exportMetrics(SessionReader::State& session, const StoredExport& what,
                                         ExportWriter& out);

// Each with the series chosen.
[[nodiscard]] Result<void> exportOpenMetrics(SessionReader::State& session,
                                             const StoredExport& what,
                                             const std::vector<SeriesRow>& series,
                                             ExportWriter& out);

}  // namespace muster
