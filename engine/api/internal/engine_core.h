// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agents/action.h"
#include "api/engine.h"
#include "api/internal/black_box_keeper.h"
#include "api/internal/frame_memory.h"
#include "api/internal/ledger.h"
#include "api/internal/machine_overlay.h"
#include "api/internal/mark_log.h"
#include "api/internal/mark_maker.h"
#include "api/internal/replay_driver.h"
#include "api/internal/run_status.h"
#include "api/internal/snapshot_channel.h"
#include "api/internal/stall_list.h"
#include "api/internal/state_record.h"
#include "api/internal/store_reports.h"
#include "base/fault_points.h"
#include "base/log.h"
#include "base/rng.h"
#include "events/event_pool.h"
#include "events/publisher.h"
#include "events/type_registry.h"
#include "messaging/event_bus.h"
#include "protection/admission.h"
#include "runtime/runtime.h"
#include "services/job_queues.h"
#include "storage/recorder.h"
#include "telemetry/metric_registry.h"
#include "telemetry/sampler.h"
#include "workload/workload.h"

namespace muster {

/// Puts the engine's admission where the runtime asks for it.
class RuntimeAdmission final : public AgentAdmission {
public:
    explicit RuntimeAdmission(Admission& admission) : m_admission(admission) {}
    Result<void> admit(std::uint64_t agents, std::uint64_t bytes) override;
    void release(std::uint64_t agents, std::uint64_t bytes) noexcept override;
    [[nodiscard]] std::uint32_t atOnce(std::uint32_t workers) const override;

private:
    Admission& m_admission;
};

/// Every service of one engine, in the order they are started and against the order they end.
/// Only holds and wires them; what they do together stands in the classes that take it.
/// Thread safety: each member is set by the service it belongs to while the engine starts, read
/// by the others only once that one has started, and never changes; each has its own rule.
struct EngineCore {
    EngineCore() = default;
    EngineCore(const EngineCore&) = delete;
    EngineCore& operator=(const EngineCore&) = delete;
    ~EngineCore() { endRuntime(); }

    EngineOptions options;
    EngineStartup startup;
    std::uint64_t seed = 0;
    WallTime startedAt;
    MonoTime startedMono;

    std::unique_ptr<LogSystem> log;
    Logger logger;
    std::shared_ptr<Clock> clock;  // one of the next two
    std::shared_ptr<JumpingClock> jumpingClock;
    std::shared_ptr<ManualClock> manualClock;
    FaultPoints faults;
    MachineOverlay overlay;

    ActionRegistry actions;
    std::optional<WorkloadSpec> workload;
    RunStatus status;

    EventPool pool;
    TypeRegistry types;
    MetricRegistry metrics;
    MarkLog marks;
    MarkMaker markMaker{*this};
    StoreReports storeReports;
    StateRecord stateRecord{*this};
    std::uint64_t streamEvents = 0;  ///< made by stream.append, on the service thread
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<JobQueues> queues;   ///< null: neither the workload nor the session has any
    std::unique_ptr<Recorder> recorder;  ///< null: not recorded; tells the queues of its commits
    std::unique_ptr<EventBus> bus;
    std::unique_ptr<Publisher> publisher;
    std::unique_ptr<SandboxReplay> sandbox;  ///< null: it is no sandbox
    std::unique_ptr<LiveReplay> liveReplay;  ///< null: it is one, or simulated

    std::unique_ptr<Sampler> sampler;
    FrameMemory frames;

    Admission admission;
    RuntimeAdmission runtimeAdmission{admission};
    StallList stalls;
    ActionWorld world;  ///< of the run; its agents may use it to their end
    std::unique_ptr<Runtime> runtime;

    SnapshotChannel snapshots;
    std::unique_ptr<BlackBoxKeeper> blackBox;  ///< null: there is none

    [[nodiscard]] bool simulated() const noexcept { return options.simulationSeed.has_value(); }
    /// Ends the agents and their threads; the bus goes on without them.
    void endRuntime();
    void jumpWall(Duration by) noexcept;
    /// A line on every chart, in the session too.
    void mark(std::string kind, std::string text);
};

}  // namespace muster
