// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "api/internal/report_data.h"

namespace muster {

/// A line chart as an SVG element to stand in HTML: its colours are the page's classes (l0…l3,
/// grid, mark), so that light and dark are the page's affair.
[[nodiscard]] std::string svgChart(const ReportChart& chart, const TimeRange& range,
                                   const std::vector<WallTime>& marks);

}  // namespace muster
