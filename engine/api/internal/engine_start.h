// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "api/internal/engine_core.h"
#include "base/result.h"

namespace muster {

/// The services of an engine, and what each needs:
///
///     log  workload  telemetry                  what is read and opened without the others
///     events          (log)                     the bus, with nobody on it yet
///     storage         (all of these)            opens the session, listens to bus and sampler
///     runtime         (log, workload, events)   beside storage, while that waits for the disk
///     control         (storage, runtime, …)     what asks, steers and ends the engine
///
/// The workload is checked before anything works or is written: when it is wrong nothing did.
/// `makeControl` builds what stands above the core, whose `startup` is filled also when a service
/// fails. Errors: what is wrong with the file, the database or the machine.
[[nodiscard]] Result<void> startServices(EngineCore& core, std::function<void()> makeControl);

/// The workload's own capture rules, over those of the catalogue. Errors name file and line.
[[nodiscard]] Result<CapturePolicy> captureOf(const WorkloadSpec& workload);

}  // namespace muster
