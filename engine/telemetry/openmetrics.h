// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "telemetry/catalogue.h"

namespace muster {

/// What a metric is called in OpenMetrics 1.0 and in what unit it stands there: base units
/// (seconds, bytes, ratio), each at the end of the name. "actions.latency" of kind histogram in
/// "ns" is the family "muster_actions_latency_seconds".
struct OpenMetricsFamily {
    std::string name;         ///< of the family; a counter's samples add "_total"
    std::string_view type;    ///< counter, gauge or histogram
    std::string_view unit;    ///< empty: none
    std::string_view suffix;  ///< of a sample's name: "_total" of a counter
    double divisor = 1;       ///< of the values as they are kept here
};

/// Of any name, in the catalogue or not: what OpenMetrics does not allow becomes "_".
[[nodiscard]] OpenMetricsFamily openMetricsFamily(std::string_view name, MetricKind kind,
                                                  std::string_view unit);

/// The label text of a series (labelText()) as OpenMetrics has it: `action="digest",kind="files"`.
[[nodiscard]] std::string openMetricsLabels(std::string_view labels);

/// A value, "+Inf", "-Inf" and "NaN" included.
void appendOpenMetricsNumber(std::string& out, double value);

/// Text of a HELP line or of a label's value, escaped.
void appendOpenMetricsText(std::string& out, std::string_view text);

}  // namespace muster
