// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "api/compare.h"

namespace muster {

/// A change that was marked, and what the key figures were before and after it.
struct Cause {
    WallTime at;
    std::string kind;
    std::string text;
    /// Why nothing can be told of its effect: another mark is too near, too few samples. Empty: it
    /// can.
    std::string unclear;
    TimeRange before;
    TimeRange after;
    std::vector<CompareRow> effects;  ///< of the key figures that are known on both sides
};

/// Every mark of a run with its effect: each side is what lies between it and the marks beside
/// it, at most a minute. Marks within two seconds of each other are told as one change. Blocking.
/// Errors as compareSessions().
[[nodiscard]] Result<std::vector<Cause>> causesOf(const CompareSide& run,
                                                  const std::function<bool()>& goOn = {});

/// All of it as one JSON object, on one line.
[[nodiscard]] std::string compareJson(const CompareAnswer& answer);
[[nodiscard]] std::string causesJson(const std::vector<Cause>& causes);
/// Two lines for each.
[[nodiscard]] std::string causesText(const std::vector<Cause>& causes);

enum class ReportFormat : std::uint8_t { html, markdown, json };

struct ReportQuery {
    CompareSide run;
    std::optional<CompareSide> against;  ///< what it is compared with: the A of the comparison
    ReportFormat format = ReportFormat::html;
};

/// Writes what there is to say of a run: totals, charts, changes and their effects, circuit
/// breakers, errors by class, percentiles, and how it compares. HTML is one file that loads
/// nothing. Blocking. Errors as compareSessions(), and ioFailure when the stream fails.
[[nodiscard]] Result<void> writeReport(const ReportQuery& query, std::ostream& out,
                                       const std::function<bool()>& goOn = {});

}  // namespace muster
