// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "processes/process_runner.h"
#include "runtime/waiting.h"

namespace muster {

/// One program run to its end, awaited within an agent's handler: no thread stands still for it.
/// When the handler goes, or after `longest`, its whole group is killed. Errors: timedOut,
/// overloaded, and what stands in the way of its start. The runner must outlive the handler.
[[nodiscard]] Async<Result<ProcessReport>> processReport(ProcessRunner& runner,
                                                         ProcessRequest request, Duration longest);

}  // namespace muster
