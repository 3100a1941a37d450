// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/clock.h"
#include "runtime/agent.h"

namespace muster {

/// What holds workers on purpose, until its time is over or it is opened.
/// Thread safety: any thread.
class StallGate {
public:
    void open();
    /// Blocks the calling thread for at most so long.
    void hold(Duration longest);

private:
    std::mutex m_mutex;  // guards m_open
    std::condition_variable m_changed;
    bool m_open = false;
};

/// Hold the worker that you are on.
struct StallOrder {
    static constexpr std::string_view kName = "fault.stall";

    std::shared_ptr<StallGate> gate;
    Duration longest{};
};

/// Breaks on purpose the rule that agents never block: a fault to be injected. In a simulation,
/// which has no workers, only the agent itself is held.
class StallAgent : public Agent<StallAgent, Handles<StallOrder>> {
public:
    static constexpr std::string_view kType = "fault";

    Async<void> handle(const StallOrder& order);
};

}  // namespace muster
