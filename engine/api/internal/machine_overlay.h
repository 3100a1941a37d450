// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace muster {

/// What injected faults make of the machine as it is measured. Thread safety: any thread.
struct MachineOverlay {
    std::atomic<std::uint64_t> memory{0};  ///< bytes taken; of a simulated machine only
    std::atomic<bool> diskFull{false};
};

}  // namespace muster
