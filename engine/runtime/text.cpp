// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "runtime/create_options.h"
#include "runtime/directory.h"
#include "runtime/end_reason.h"
#include "runtime/mailbox.h"
#include "runtime/supervisor.h"

namespace muster {
namespace {

template <class Enum, std::size_t N>
std::string_view nameIn(const std::array<std::string_view, N>& names, Enum value) noexcept
{
    const auto index = static_cast<std::size_t>(value);
    return index < N ? names[index] : std::string_view("unknown");
}

constexpr std::array<std::string_view, 5> kStates{"initializing", "ready", "busy", "suspended",
                                                  "terminating"};

}  // namespace

std::string_view toString(EndKind kind) noexcept
{
    static constexpr std::array<std::string_view, 7> names{
        "normal", "shutdown", "stopped", "killed", "crashed", "init_failed", "no_agent"};
    return nameIn(names, kind);
}

std::string_view toString(OverflowPolicy policy) noexcept
{
    static constexpr std::array<std::string_view, 3> names{"reject", "drop_oldest", "drop_newest"};
    return nameIn(names, policy);
}

std::string_view toString(Priority priority) noexcept
{
    static constexpr std::array<std::string_view, 4> names{"low", "normal", "high", "urgent"};
    return nameIn(names, priority);
}

std::string_view toString(Delivery delivery) noexcept
{
    static constexpr std::array<std::string_view, 5> names{"queued", "no_agent", "full", "dropped",
                                                           "closed"};
    return nameIn(names, delivery);
}

std::string_view toString(DropCause cause) noexcept
{
    static constexpr std::array<std::string_view, 8> names{
        "no_agent", "full",      "shed_oldest", "shed_newest",
        "ended",    "unhandled", "too_late",    "late_reply"};
    return nameIn(names, cause);
}

std::string_view toString(Restart restart) noexcept
{
    static constexpr std::array<std::string_view, 3> names{"permanent", "transient", "temporary"};
    return nameIn(names, restart);
}

std::string_view toString(SupervisorStrategy strategy) noexcept
{
    static constexpr std::array<std::string_view, 4> names{"one_for_one", "one_for_all",
                                                           "rest_for_one", "dynamic"};
    return nameIn(names, strategy);
}

std::string_view toString(AgentState state) noexcept
{
    return nameIn(kStates, state);
}

std::optional<AgentState> parseAgentState(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates[i] == text) {
            return static_cast<AgentState>(i);
        }
    }
    return std::nullopt;
}

}  // namespace muster
