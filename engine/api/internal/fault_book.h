// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "agents/action_faults.h"
#include "api/internal/engine_core.h"

namespace muster {

/// The faults injected into a workload's actions: by hand, or as its file schedules them. Each
/// begin and end is an event, which draws a mark. It outlives the agents that suffer them.
/// Thread safety: any thread.
class FaultBook {
public:
    explicit FaultBook(EngineCore& core);

    /// In the order of WorkloadSpec::actions.
    [[nodiscard]] ActionFaults& at(std::size_t action) const { return *m_entries[action]->faults; }
    /// Errors: notFound, with the nearest name.
    [[nodiscard]] Result<std::size_t> find(std::string_view action) const;
    /// In place of one that goes on; ends by itself after `length`, if there is one.
    void begin(std::size_t action, const ActionFault& fault, std::optional<Duration> length,
               std::string_view author);
    /// False: the action had none.
    bool end(std::size_t action, std::string_view reason);
    /// In the order of the actions.
    [[nodiscard]] std::vector<FaultStatus> active() const;

private:
    struct Entry {
        std::unique_ptr<ActionFaults> faults;
        std::uint64_t number = 0;  ///< of the fault: an end that was scheduled is of one only
        std::optional<MonoTime> until;
    };

    void publishEnd(std::size_t action, const ActionFault& fault, std::uint64_t hits,
                    std::string_view reason);

    EngineCore& m_core;
    std::vector<std::unique_ptr<Entry>> m_entries;
    mutable std::mutex m_mutex;  // guards the numbers and ends, and that changes follow each other
};

/// "delay", "error" or "hang".
[[nodiscard]] std::string_view toString(ActionFault::Kind kind) noexcept;
/// What a fault's kind needs besides: "200ms", "network"; empty: nothing.
[[nodiscard]] std::string valueText(const ActionFault& fault);

}  // namespace muster
