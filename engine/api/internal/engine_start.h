// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "api/internal/engine_core.h"
#include "base/result.h"

namespace muster {

/// Starts every service of an engine, each timed into EngineCore::startup. The workload is
/// checked and the database opened before anything else: when one of them is wrong nothing was
/// started. Errors: what is wrong with the file, the database or the machine.
[[nodiscard]] Result<std::unique_ptr<EngineCore>> startCore(const EngineOptions& options);

/// The workload's own capture rules, over those of the catalogue. Errors name file and line.
[[nodiscard]] Result<CapturePolicy> captureOf(const WorkloadSpec& workload);

}  // namespace muster
