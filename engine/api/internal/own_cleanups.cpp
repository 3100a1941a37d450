// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <algorithm>

#include "api/internal/cleanup_runner.h"
#include "telemetry/resource_probe.h"

namespace muster {

namespace {

/// The heap keeps what was freed for the next who asks; here it goes back to the system.
[[nodiscard]] CleanupOutcome trimHeap(const CleanupOrder&)
{
    const auto before = residentMemory();
    static_cast<void>(::malloc_trim(0));
    const auto after = residentMemory();
    if (!before || !after) {
        return std::optional<std::uint64_t>();
    }
    return std::optional(*before - std::min(*before, *after));
}

[[nodiscard]] CleanupOutcome outcomeOf(const Result<std::uint64_t>& freed)
{
    return freed ? CleanupOutcome(std::optional(*freed)) : CleanupOutcome(freed.error());
}

}  // namespace

void addOwnCleanups(CleanupRunner& runner, EngineCore& core)
{
    if (core.simulated()) {
        return;  // what the process really takes is no part of the seed
    }
    runner.add({"free heap", CleanupStage::garbage, {Watched::memory}, trimHeap});
    runner.add({"recent series",
                CleanupStage::caches,
                {Watched::memory},
                [&core](const CleanupOrder&) -> CleanupOutcome {
                    return std::optional<std::uint64_t>(core.frames.shrink());
                }});
    if (core.recorder) {
        runner.add(
            {"session log", CleanupStage::garbage, {Watched::disk}, [&core](const CleanupOrder&) {
                 return outcomeOf(core.recorder->giveBack(StoreStock::log));
             }});
        runner.add({"session pages",
                    CleanupStage::caches,
                    {Watched::memory},
                    [&core](const CleanupOrder&) {
                        return outcomeOf(core.recorder->giveBack(StoreStock::pages));
                    }});
    }
    for (const auto& cache : core.options.caches) {
        runner.add({cache.name,
                    CleanupStage::caches,
                    {Watched::memory},
                    [&cache](const CleanupOrder& order) -> CleanupOutcome {
                        return std::optional<std::uint64_t>(cache.giveBack(order.amount));
                    }});
    }
}

}  // namespace muster
