// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "runtime/create.h"

namespace muster {

/// Who is restarted when a child ends that must be (Erlang/OTP).
enum class SupervisorStrategy : std::uint8_t {
    oneForOne,   ///< that child
    oneForAll,   ///< all children: ended in reverse order, started in order
    restForOne,  ///< that child and those started after it
    dynamic,     ///< that child; children are many and alike, and end all at once
};

[[nodiscard]] std::string_view toString(SupervisorStrategy strategy) noexcept;

/// A wait before each restart, doubled from `first` to `cap` with each one inside the period.
/// Off while `first` is zero.
struct RestartBackoff {
    Duration first{};
    Duration cap = std::chrono::seconds(30);
};

struct SupervisorOptions {
    SupervisorStrategy strategy = SupervisorStrategy::oneForOne;
    std::uint32_t intensity = 3;  ///< more restarts than this within `period` escalate
    Duration period = std::chrono::seconds(5);
    RestartBackoff backoff{};
    std::uint64_t maxChildren = UINT64_MAX;  ///< restarting ones count
};

/// Restarts inside the inclusive period: the pure state behind escalation.
/// Thread safety: one thread at a time.
class RestartIntensity {
public:
    RestartIntensity(std::uint32_t intensity, Duration period) noexcept
        : m_intensity(intensity), m_period(period)
    {
    }
    /// Notes a restart at `now`. False: one too many, escalate.
    [[nodiscard]] bool allow(MonoTime now);
    /// Restarts inside the period that ends at `now`.
    [[nodiscard]] std::size_t recent(MonoTime now);

private:
    void forgetBefore(MonoTime now);

    std::uint32_t m_intensity;
    Duration m_period;
    std::vector<MonoTime> m_restarts;
};

/// A child that a supervisor starts itself, when it is created and in this order.
struct ChildSpec {
    std::function<Result<AgentId>(detail::ThreadContext&, AgentId supervisor)> start;
};

/// Arguments are copied for each start.
template <class A, class... Args>
[[nodiscard]] ChildSpec child(CreateOptions options, Args... args)
{
    return {[options = std::move(options), ... args = std::move(args)](
                detail::ThreadContext& context, AgentId supervisor) mutable {
        options.supervisor = supervisor;
        return detail::createAgent<A>(context, options, args...);
    }};
}

/// A supervisor under a supervisor, with its own children.
[[nodiscard]] ChildSpec childSupervisor(SupervisorOptions supervision, CreateOptions options,
                                        std::vector<ChildSpec> children = {});

// Rules, after Erlang/OTP:
//  - A child is restarted in its place: it keeps its id, its name and the mail that waits; the
//    message it was handling is lost, its asker is told. Monitors fire only at its final end.
//  - A child's own normal end restarts it only if permanent. Runtime::stop() on a child is
//    OTP's terminate_child and delete_child: it is not restarted.
//  - A restart whose init fails counts as one more restart and is tried again.
//  - Escalation: the children end in reverse order with reason shutdown, then the supervisor
//    ends with reason shutdown; its own supervisor decides what comes of that. A supervisor
//    that is restarted starts the children it had, except temporary ones.
//  - A supervisor is itself an agent: it handles one step at a time and stays responsive.

}  // namespace muster
