// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"

namespace muster {

class MetricRegistry;
class Publisher;

/// Says whether more agents may live: agent and memory limits. Asked before an agent is made,
/// told when it is gone. Must be quick. Thread safety: called from any thread.
class AgentAdmission {
public:
    virtual ~AgentAdmission() = default;
    /// All or nothing. The error names the limit and the key to raise.
    virtual Result<void> admit(std::uint64_t agents, std::uint64_t bytes) = 0;
    virtual void release(std::uint64_t agents, std::uint64_t bytes) noexcept = 0;
    /// How many chunks of a bulk creation may be made at once where there are `workers`. Asked
    /// before each, so that it may follow the pressure while a creation goes on.
    [[nodiscard]] virtual std::uint32_t atOnce(std::uint32_t workers) const { return workers; }
};

/// A handler that holds its worker too long.
struct Stall {
    AgentId agent;
    std::string name;
    std::string type;
    std::string_view message;  ///< the message's type
    Duration held{};
    std::uint32_t worker = 0;
};

enum class SchedulerKind : std::uint8_t { threaded, simulated };

struct RuntimeOptions {
    SchedulerKind scheduler = SchedulerKind::threaded;
    std::uint32_t workers = 0;  ///< threaded; 0: one per core
    /// Of every draw inside: scheduling order when simulated, and the agents' generators.
    std::uint64_t seed = 1;
    /// Threaded: empty is the system's. Simulated: a ManualClock, or empty to make one.
    std::shared_ptr<Clock> clock{};
    Publisher* events = nullptr;          ///< null: no events; must outlive the runtime
    MetricRegistry* metrics = nullptr;    ///< null: no metrics; must outlive the runtime
    AgentAdmission* admission = nullptr;  ///< null: maxAgents alone; must outlive the runtime
    Logger logger{};

    std::uint32_t maxAgents = 4'000'000;  ///< address space, not memory, is set aside for them
    Duration stallThreshold = std::chrono::milliseconds(200);
    /// On the watchdog's thread, once per stall, beside the event `agent.stalled`.
    std::function<void(const Stall&)> onStall{};
    std::uint32_t blockingThreads = 64;     ///< the most there are at once; they end when idle
    std::uint32_t blockingQueue = 100'000;  ///< jobs waiting beyond which blocking() is refused
    /// Simulated: how long a blocking job takes in virtual time. Empty: no time.
    std::function<Duration()> blockingDuration{};
};

}  // namespace muster
