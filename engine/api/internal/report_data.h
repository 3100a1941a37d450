// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/report.h"
#include "storage/session_reader.h"

namespace muster {

struct ReportLine {
    std::string title;
    std::vector<StoredMetricPoint> points;
};

struct ReportChart {
    std::string title;
    std::string unit;
    std::vector<ReportLine> lines;
};

/// A histogram of the whole run.
struct ReportLatency {
    std::string series;
    std::string unit;
    std::uint64_t samples = 0;
    std::vector<std::pair<std::string, double>> percentiles;  ///< "p50" and its value
};

struct ReportErrors {
    std::string action;
    std::string failureClass;
    std::string code;
    std::uint64_t count = 0;
    std::string example;  ///< the first one's item and message
};

struct ReportBreakerMove {
    WallTime at;
    std::string type;
    std::string data;
};

struct ReportData {
    std::filesystem::path file;
    StoredRun run;
    TimeRange range;
    std::string notice;  ///< what of the session could not be read
    std::vector<ReportChart> charts;
    std::vector<ReportLatency> latencies;
    std::vector<ReportErrors> errors;
    std::vector<ReportBreakerMove> breakers;
    std::uint64_t breakerMoves = 0;  ///< of which `breakers` shows the first
    std::vector<Cause> causes;
    std::optional<CompareAnswer> comparison;
};

[[nodiscard]] Result<ReportData> readReport(const ReportQuery& query,
                                            const std::function<bool()>& goOn);

// One text each.
[[nodiscard]] std::string reportHtml(const ReportData& data);
[[nodiscard]] std::string reportMarkdown(const ReportData& data);
[[nodiscard]] std::string reportJson(const ReportData& data);

}  // namespace muster
