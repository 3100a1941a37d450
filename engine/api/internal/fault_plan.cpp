// SPDX-License-Identifier: Apache-2.0
#include "api/internal/fault_plan.h"

#include "base/rng.h"

namespace muster {

void FaultPlan::start()
{
    m_core.bus->subscribeDirect(
        {TopicPattern::parse(eventInfo(EventType::loadStageStarted).name).value()}, *this);
    const auto& faults = m_core.workload->faults;
    for (std::size_t i = 0; i < faults.size(); ++i) {
        if (!faults[i].stage) {
            m_core.runtime->scheduler().after(faults[i].at, [this, i] { setOff(i, 0); });
        }
    }
}

void FaultPlan::accept(const EventPtr& event)
{
    if (event->replayed) {
        return;
    }
    const auto stage = event->data().find("stage");
    const auto& faults = m_core.workload->faults;
    for (std::size_t i = 0; stage && i < faults.size(); ++i) {
        if (faults[i].stage && static_cast<std::int64_t>(*faults[i].stage) == stage->integer()) {
            // Later: whoever publishes is not to be held up, and events do not nest.
            m_core.runtime->scheduler().after(faults[i].at, [this, i] { setOff(i, 0); });
        }
    }
}

void FaultPlan::setOff(std::size_t fault, std::uint64_t draw)
{
    const FaultSpec& spec = m_core.workload->faults[fault];
    const Rng chance = Rng(m_core.seed).fork("faults").fork(fault).fork(draw);
    if (spec.chance >= 1 || chance.fork("begin").uniform() < spec.chance) {
        begin(spec);
    }
    if (spec.every > Duration::zero()) {
        m_core.runtime->scheduler().after(spec.every,
                                          [this, fault, draw] { setOff(fault, draw + 1); });
    }
}

void FaultPlan::begin(const FaultSpec& spec)
{
    if (!spec.machine) {
        m_actions.begin(spec.action, spec.fault, spec.length, "workload");
        return;
    }
    m_machine.begin(*spec.machine,
                    spec.length > Duration::zero() ? spec.length : MachineFaults::kLength,
                    "workload", [&core = m_core](const Result<std::uint64_t>& hit) {
                        if (!hit) {
                            core.logger.warn("a fault of the workload file did not begin: {}",
                                             hit.error().text());
                        }
                    });
}

}  // namespace muster
