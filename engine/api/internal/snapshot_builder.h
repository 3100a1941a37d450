// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/change_trial.h"
#include "api/internal/configuration_book.h"
#include "api/internal/engine_core.h"
#include "api/internal/engine_telemetry.h"
#include "api/internal/machine_faults.h"
#include "api/internal/workload_run.h"
#include "api/snapshot.h"

namespace muster {

/// Gathers what the console shows of the engine into one immutable value.
/// Thread safety: one thread at a time.
class SnapshotBuilder {
public:
    struct Sources {
        const WorkloadRun* run;  ///< null: no workload
        const MachineFaults& faults;
        const ConfigurationBook& configuration;
        const ChangeTrial& trial;
    };
    SnapshotBuilder(EngineCore& core, const EngineTelemetry& telemetry, const Sources& sources);

    /// Everything as of now; the telemetry's beat comes first.
    [[nodiscard]] SnapshotPtr build();

private:
    void addAgents(Snapshot& snapshot);
    void addQueues(Snapshot& snapshot);
    void addEvents(Snapshot& snapshot) const;
    void addActions(Snapshot& snapshot) const;
    [[nodiscard]] ActionTotals actionTotals(std::string_view labels) const;
    [[nodiscard]] LatencySummary latency(std::string_view histogram, std::string_view labels) const;
    void addLoad(Snapshot& snapshot) const;
    void addStore(Snapshot& snapshot) const;
    void addExpectations(Snapshot& snapshot);
    [[nodiscard]] double rate(std::string_view metric, std::string_view labels = {}) const;
    [[nodiscard]] std::uint64_t total(std::string_view metric, std::string_view labels) const;

    struct CountAt {
        MonoTime at;
        std::uint64_t count;
    };

    EngineCore& m_core;
    const EngineTelemetry& m_telemetry;
    const WorkloadRun* m_run;
    const MachineFaults& m_faults;
    const ConfigurationBook& m_configuration;
    const ChangeTrial& m_trial;
    std::vector<std::string> m_actionLabels;  // one an action of the workload
    std::uint64_t m_sequence = 0;
    std::deque<CountAt> m_liveMinute;                         // about one a second
    std::map<std::string, std::deque<CountAt>> m_diedMinute;  // likewise, by queue
    std::optional<MonoTime> m_expectedAt;
    std::vector<ExpectationStatus> m_expectations;
};

}  // namespace muster
