// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "events/agent_runs.h"
#include "events/catalogue.h"
#include "events/fields.h"
#include "events/source.h"

namespace muster {

/// Which agents live, as the events of a run tell. Those of one agent may come in any order: one
/// made among many may be told of, or be gone, before the event about all of them.
/// Thread safety: one thread at a time.
class AgentRoll {
public:
    /// Without names it knows which ids live, in 12 bytes each.
    enum class Names : std::uint8_t { kept, left };
    explicit AgentRoll(Names names) : m_names(names) {}

    /// Events of other types than agent.* change nothing.
    void apply(EventType type, Source source, FieldView data);

    struct Totals {
        std::uint64_t live = 0;
        std::uint64_t suspended = 0;  ///< of the living
        std::uint64_t created = 0;
        std::uint64_t ended = 0;
        std::uint64_t crashed = 0;
        std::uint64_t restarts = 0;
    };
    [[nodiscard]] const Totals& totals() const noexcept { return m_totals; }
    /// About how much memory it takes.
    [[nodiscard]] std::size_t bytes() const noexcept;
    /// Over the living and what they are in, whatever the way there.
    [[nodiscard]] std::uint64_t sum() const noexcept { return m_sum; }

    struct Agent {
        AgentId id;
        std::string name;       ///< empty: it has none, or it is not known
        std::string_view type;  ///< empty: not known
        bool suspended = false;
    };
    /// The living in the order of their slots, but the first `skip`; `visit` says false to stop.
    void visit(const std::function<bool(const Agent&)>& visit, std::uint64_t skip = 0) const;
    /// Empty: it does not live.
    [[nodiscard]] std::optional<Agent> find(AgentId id) const;

private:
    enum class Phase : std::uint8_t { unknown, ready, suspended, ended };
    struct Slot {
        std::uint32_t generation = 0;
        std::uint32_t birth = 0;  ///< index in m_births, plus one; 0: not known
        Phase phase = Phase::unknown;
    };
    /// What agents made in one go have in common.
    struct Birth {
        std::string type;
        std::string stem;  ///< of one alone its name
        std::uint32_t ordinal = 0;
        AgentRun run;
        bool alone = false;
        std::uint32_t left = 0;  ///< of them
    };

    void made(Source source, FieldView data);
    void named(bool named, Source source, FieldView data);
    void created(const AgentRun& run, std::uint32_t birth);
    void setPhase(AgentId id, Phase phase);
    void enter(AgentId id, Slot& slot, Phase phase);
    void leaveBirth(Slot& slot);
    [[nodiscard]] std::uint32_t newBirth(Birth birth);
    [[nodiscard]] std::string nameOf(AgentId id, const Slot& slot) const;
    [[nodiscard]] Agent agentOf(AgentId id, const Slot& slot) const;

    Names m_names;
    Totals m_totals;
    std::vector<Slot> m_slots;
    std::uint64_t m_sum = 0;
    std::vector<Birth> m_births;
    std::vector<std::uint32_t> m_freeBirths;
    std::unordered_map<std::uint64_t, std::string> m_renamed;  // by AgentId::packed()
};

}  // namespace muster
