// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "workload/load_generator.h"

namespace muster {

/// How far the load has come.
struct LoadProgress {
    std::uint64_t offered = 0;
    std::uint64_t achieved = 0;
    std::uint64_t dropped = 0;
    std::uint64_t shed = 0;
    std::uint64_t droppedLate = 0;
    std::uint64_t outstanding = 0;
    double target = 0;
    Duration lag{};
    double saturation = 0;  ///< 0…1
};

/// Says what the load does: events of what changes, metrics of how much.
/// Thread safety: one thread at a time.
class LoadReporter {
public:
    LoadReporter(Publisher* publisher, MetricRegistry* metrics, ArrivalModel model);

    void started(const LoadProfile& profile);
    /// An event for each stage that was entered since.
    void stages(const LoadProfile& profile);
    void paused(double target, std::string_view author);
    void resumed(double target, std::string_view author);
    void changed(double from, const LoadProfile& profile, bool reshaped, std::string_view author);
    void burst(std::uint64_t count, std::string_view author);
    void inputFinished(InputKind kind, const InputFigures& figures);
    void finished(const LoadProgress& progress, std::string_view reason);
    /// Counters and gauges as of now.
    void measure(const LoadProgress& progress);

private:
    Publisher* m_publisher;
    ArrivalModel m_model;
    std::size_t m_stagesSaid = 0;
    LoadProgress m_said;  // what the counters hold
    Counter m_offered;
    Counter m_achieved;
    Counter m_dropped;
    Counter m_shed;
    Counter m_droppedLate;
    Gauge m_target;
    Gauge m_outstanding;
    Gauge m_lag;
    Gauge m_saturation;
};

}  // namespace muster
