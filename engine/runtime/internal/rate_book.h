// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace muster::detail {

/// How many messages each agent had handled some seconds ago, for rates: two pages of notes, a
/// new one begun when the younger is old enough. Empty until a page of agents is asked for.
/// Thread safety: any thread, under lock().
class RateBook {
public:
    [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(m_mutex); }

    /// Before a scan over `slots` slots: true when note() is wanted for each agent.
    [[nodiscard]] bool begin(MonoTime now, std::uint32_t slots);
    void note(AgentId id, std::uint64_t handled) noexcept;
    /// Empty for an agent that is younger than the notes.
    [[nodiscard]] std::optional<double> rate(AgentId id, std::uint64_t handled,
                                             MonoTime now) const noexcept;

private:
    struct Note {
        std::uint32_t generation = 0;
        std::uint32_t handled = 0;  // its low bits: differences are what counts
    };
    struct Page {
        MonoTime at;
        std::vector<Note> notes;
    };
    static constexpr Duration kPageAge = std::chrono::seconds(1);

    std::mutex m_mutex;
    Page m_older;
    Page m_younger;
};

}  // namespace muster::detail
