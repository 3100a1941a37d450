// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "events/agent_roll.h"
#include "events/catalogue.h"
#include "events/fields.h"
#include "events/source.h"

namespace muster {

/// What an engine was at one moment: folded over the events of one run that tell of a change, in
/// the order they were stored. Pure: the same events give the same state, live and from a session
/// years later, which its hash proves. What is only sampled (mailboxes, rates, busy agents) is not
/// in it. Thread safety: one thread at a time.
class EngineState {
public:
    explicit EngineState(AgentRoll::Names names = AgentRoll::Names::kept) : m_agents(names) {}

    /// Whether events of this type are part of it; others need not be applied.
    [[nodiscard]] static bool shapedBy(EventType type) noexcept;
    void apply(EventType type, Source source, FieldView data, WallTime at);

    [[nodiscard]] const AgentRoll& agents() const noexcept { return m_agents; }

    enum class Part : std::uint8_t {
        run,            ///< state, workload, reason, workers, input
        load,           ///< model, state, target, stage, stages
        services,       ///< by name: what stands under [services.NAME], as JSON
        breakers,       ///< by service: its state, and since when
        openings,       ///< by service: how often its breaker opened
        limits,         ///< by key: as it is written; those that were changed
        trial,          ///< limit, before, after: what is taken back unless it is kept
        pressure,       ///< level, cause
        resources,      ///< by name: the level
        faults,         ///< those that go on, by action and kind: value
        helpers,        ///< by name: running or ended
        capture,        ///< by pattern: the rule; those that were changed
        configuration,  ///< version, hash
        logs,           ///< by component: the level
        count,
    };
    struct Entry {
        std::string value;
        WallTime since;

        friend bool operator==(const Entry&, const Entry&) = default;
    };
    using Entries = std::map<std::string, Entry, std::less<>>;
    [[nodiscard]] const Entries& part(Part part) const noexcept
    {
        return m_parts[static_cast<std::size_t>(part)];
    }
    /// Empty when there is none.
    [[nodiscard]] std::string_view value(Part part, std::string_view key) const;

    /// All of it but the agents one by one, of which it has the numbers and a sum over their ids
    /// and states: JSON in a fixed order.
    [[nodiscard]] std::string document() const;
    /// 64 bits over the document.
    [[nodiscard]] std::uint64_t hash() const;
    /// As in events: 16 hexadecimal digits.
    [[nodiscard]] std::string hashText() const;

private:
    void applyRun(EventType type, FieldView data, WallTime at);
    void applyLoad(EventType type, FieldView data, WallTime at);
    void applyLimits(EventType type, FieldView data, WallTime at);
    void applyFaults(EventType type, FieldView data, WallTime at);
    void put(Part part, std::string_view key, std::string value, WallTime at);
    void drop(Part part, std::string_view key);

    AgentRoll m_agents;
    std::array<Entries, static_cast<std::size_t>(Part::count)> m_parts;
};

[[nodiscard]] std::string_view toString(EngineState::Part part) noexcept;

}  // namespace muster
