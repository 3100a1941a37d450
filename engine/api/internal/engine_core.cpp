// SPDX-License-Identifier: Apache-2.0
#include "api/internal/engine_core.h"

namespace muster {

Result<void> RuntimeAdmission::admit(std::uint64_t agents, std::uint64_t bytes)
{
    return m_admission.admit(agents, bytes);
}

void RuntimeAdmission::release(std::uint64_t agents, std::uint64_t bytes) noexcept
{
    m_admission.release(agents, bytes);
}

std::uint32_t RuntimeAdmission::atOnce(std::uint32_t workers) const
{
    return m_admission.atOnce(workers);
}

void EngineCore::endRuntime()
{
    if (bus) {
        bus->detach();
    }
    // Not reset(): until its threads have stopped, what runs on them finds it here.
    delete runtime.get();
    (void)runtime.release();
}

void EngineCore::jumpWall(Duration by) noexcept
{
    if (jumpingClock) {
        jumpingClock->jumpWall(by);
    } else {
        manualClock->setWall(manualClock->wall() + by);
    }
}

void EngineCore::mark(std::string kind, std::string text)
{
    auto added = marks.add(clock->wall(), std::move(kind), std::move(text));
    if (recorder) {
        recorder->addMark({added.at, std::move(added.kind), std::move(added.text)});
    }
}

}  // namespace muster
