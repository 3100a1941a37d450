// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// What goes wrong with the engine or its machine, on purpose.
struct MachineFault {
    enum class Kind : std::uint8_t {
        kill,      ///< agents end, whatever they do
        stall,     ///< workers are held
        memory,    ///< memory is taken
        diskFull,  ///< nothing can be written
        clock,     ///< wall time jumps
        count,
    };

    Kind kind = Kind::kill;
    std::string filter{};       ///< of kill: which agents; empty: all of the workload's
    double share = 1;           ///< of kill: of those that match
    std::uint32_t workers = 1;  ///< of stall
    std::uint64_t bytes = 0;    ///< of memory
    Duration jump{};            ///< of clock: forwards or backwards
};

/// "kill", "stall", "memory", "disk_full" or "clock".
[[nodiscard]] std::string_view toString(MachineFault::Kind kind) noexcept;
[[nodiscard]] bool isMachineFault(std::string_view kind) noexcept;
/// Whether it goes on for a while, rather than happening once.
[[nodiscard]] bool lasts(MachineFault::Kind kind) noexcept;
/// As files and commands write its value: "512MiB", "-1h"; empty: it has none.
[[nodiscard]] std::string valueText(const MachineFault& fault);

/// A fault as files and commands write it. Errors: what was expected.
[[nodiscard]] Result<MachineFault> readMachineFault(std::string_view kind, std::string_view value,
                                                    std::string_view share);

}  // namespace muster
