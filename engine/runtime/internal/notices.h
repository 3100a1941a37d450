// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "events/catalogue.h"
#include "runtime/end_reason.h"
#include "runtime/runtime_options.h"

namespace muster::detail {

class Core;
struct Cell;

/// The lifecycle events of the runtime, in the words of the event catalogue. All are no-ops
/// without a publisher. Thread safety: any thread; a cell by who runs or owns it.
namespace notice {

void created(Core& core, const Cell& cell);
/// Agents made in one go: "stem-ordinal" and the numbers that follow are their names.
struct Made {
    std::string_view type;
    std::string_view stem;  ///< empty: they have no names
    std::uint32_t ordinal = 0;
    std::span<const AgentId> ids{};
    Duration took{};
};
/// As all that are about many agents: one event (of creations a pair), or a few where their
/// slots are so scattered that they do not fit into one text (AgentRunsText).
void createdMany(Core& core, const Made& made);
void ended(Core& core, const Cell& cell, const EndReason& reason);
void endedMany(Core& core, std::span<const AgentId> ids, const EndReason& reason);
/// One change of names or traits, or one over many: `change` is empty for names.
void entryChanged(Core& core, EventType type, AgentId id, std::string_view name,
                  std::string_view change);
void entriesChanged(Core& core, EventType type, std::span<const AgentId> ids,
                    std::string_view change);
void crashed(Core& core, const Cell& cell, std::string_view reason, std::string_view message);
void restarted(Core& core, const Cell& cell, std::string_view reason);
void suspended(Core& core, AgentId id, bool resumed);
void suspendedMany(Core& core, std::span<const AgentId> ids, bool resumed);
void escalated(Core& core, AgentId supervisor, AgentId child, const EndReason& reason,
               std::uint64_t restarts, Duration period);
void stalled(Core& core, const Stall& stall);

}  // namespace notice

/// The agent's name, or "<type>.<id>" for one that has none.
[[nodiscard]] std::string shownName(const Core& core, const Cell& cell);
/// The same for an id that may be gone; then "".
[[nodiscard]] std::string shownName(const Core& core, AgentId id);

}  // namespace muster::detail
