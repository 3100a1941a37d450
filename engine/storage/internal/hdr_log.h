// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "storage/internal/metric_export.h"
#include "telemetry/histogram.h"

namespace muster {

/// A histogram in the compressed V2 encoding of HdrHistogram, in base64, as its logs have it: two
/// significant digits, which is finer than ours, values at the middle of our buckets.
[[nodiscard]] std::string hdrEncoded(const Histogram& histogram);

/// Histograms as an interval log, as exportSession() describes it. Within the caller's ReadMoment.
[[nodiscard]] Result<void> exportHdrLog(SessionReader::State& session, const StoredExport& what,
                                        const std::vector<SeriesRow>& series, ExportWriter& out);

}  // namespace muster
