// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
/// One pair of events over agents made in one go.
void createdMany(Core& core, std::string_view type, AgentId first, std::string_view stem,
                 std::uint64_t count, Duration took);
void ended(Core& core, const Cell& cell, const EndReason& reason);
void endedMany(Core& core, AgentId first, std::uint64_t count, const EndReason& reason);
/// One change of names or traits, or one over a range: `change` is empty for names.
void entryChanged(Core& core, EventType type, AgentId id, std::string_view name,
                  std::string_view change);
void entriesChanged(Core& core, EventType type, AgentId first, std::uint64_t count,
                    std::string_view change);
void crashed(Core& core, const Cell& cell, std::string_view reason, std::string_view message);
void restarted(Core& core, const Cell& cell, std::string_view reason);
void suspended(Core& core, AgentId id, bool resumed);
void suspendedMany(Core& core, AgentId first, std::uint64_t count, bool resumed);
void escalated(Core& core, AgentId supervisor, AgentId child, const EndReason& reason,
               std::uint64_t restarts, Duration period);
void stalled(Core& core, const Stall& stall);

}  // namespace notice

/// The agent's name, or "<type>.<id>" for one that has none.
[[nodiscard]] std::string shownName(const Core& core, const Cell& cell);
/// The same for an id that may be gone; then "".
[[nodiscard]] std::string shownName(const Core& core, AgentId id);

}  // namespace muster::detail
