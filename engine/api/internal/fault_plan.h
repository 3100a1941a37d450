// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "api/internal/fault_book.h"
#include "api/internal/machine_faults.h"
#include "events/event_sink.h"

namespace muster {

/// Sets off the faults of a workload file: at their time or with a stage of the load, once or
/// again and again by chance.
/// Thread safety: any thread. Outlives the runtime's timers and the bus's publishers.
class FaultPlan final : public EventSink {
public:
    FaultPlan(EngineCore& core, FaultBook& actions, MachineFaults& machine)
        : m_core(core), m_actions(actions), m_machine(machine)
    {
    }

    /// From now on; listens to the load's stages.
    void start();
    void accept(const EventPtr& event) override;

private:
    void setOff(std::size_t fault, std::uint64_t draw);
    void begin(const FaultSpec& spec);

    EngineCore& m_core;
    FaultBook& m_actions;
    MachineFaults& m_machine;
};

}  // namespace muster
