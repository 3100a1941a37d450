// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <unordered_map>

#include "api/queries.h"
#include "base/clock.h"
#include "base/result.h"
#include "runtime/runtime.h"

namespace muster {

/// Remembers what agents had handled when their rows were last asked for, so that a row can
/// say how many a second it has been since. Bounded. Thread safety: one thread at a time.
class AgentRates {
public:
    /// Messages per second since the last call for this agent; 0 at the first.
    [[nodiscard]] double since(AgentId id, std::uint64_t handled, MonoTime now);

    static constexpr std::size_t kMost = 20'000;

private:
    struct Seen {
        std::uint64_t handled = 0;
        MonoTime at;
        double rate = 0;
    };

    std::unordered_map<AgentId, Seen> m_seen;
};

/// A window of the agent table. Errors: a filter that cannot be read.
[[nodiscard]] Result<AgentPage> agentPage(const Directory& directory, const AgentQuery& query,
                                          const Clock& clock, AgentRates& rates);

/// Asks the agent for its state too, so `done` comes later, on an engine thread. An agent that
/// cannot answer is shown without its state, and why. Errors: notFound.
void agentDetailOf(Runtime& runtime, const Clock& clock, AgentId id,
                   const std::function<void(Result<AgentDetail>)>& done);

}  // namespace muster
