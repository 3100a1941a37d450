// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace muster {

/// The series that every chart of the console draws, in the order of MetricFrame::values.
/// Their names are those of the metric catalogue, so that charts, exports and the metric
/// history speak of the same thing.
enum class Series : std::size_t {
    agentsLive,
    agentsReady,
    agentsBusy,
    agentsSuspended,
    eventsRate,
    eventsStoredRate,
    eventsCountedRate,
    actionsRate,
    actionsFailedRate,
    actionP50,
    actionP90,
    actionP95,
    actionP99,
    actionP999,
    actionMax,
    serviceTimeP99,
    mailboxWaiting,
    mailboxOldest,
    loadTarget,
    loadOfferedRate,
    loadAchievedRate,
    loadDroppedRate,
    loadOutstanding,
    loadSaturation,
    cpuUsed,
    memoryUsed,
    diskUsed,
    filesUsed,
    threadsUsed,
    cpuShare,
    memoryShare,
    diskShare,
    agentsShare,
    storeWaiting,
    pressureLevel,
    jobsReady,
    jobsLetters,
    jobsPushedRate,
    jobsDoneRate,
    count,
};

struct SeriesInfo {
    std::string_view metric;  ///< "actions.latency.p99"
    std::string_view title;   ///< "p99"
    std::string_view unit;    ///< "1", "1/s", "ns", "B", "%" (share: 0…1)
};

[[nodiscard]] const SeriesInfo& seriesInfo(Series series) noexcept;
[[nodiscard]] std::span<const SeriesInfo> allSeries() noexcept;
[[nodiscard]] std::optional<Series> findSeries(std::string_view metric) noexcept;

}  // namespace muster
