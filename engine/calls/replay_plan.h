// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>

#include "calls/call_log.h"

namespace muster {

/// How a machine's log is told again. The settings are those that it had at its start and, in
/// turn, after each change and each new start; `proposed` are in place of them from a time on,
/// as if they had been changed then while it ran: what was counted stays. None: those it had.
template <class Settings>
struct ReplayPlan {
    std::span<const CallLogBlock> log;
    /// What was before the log is gone: a new machine with the first of the settings is told what
    /// remains, and what it held by then is not known.
    bool cut = false;
    std::span<const Settings> had;
    std::span<const Settings> proposed{};
    MonoTime from{std::numeric_limits<std::int64_t>::min()};  ///< what comes before is not counted
    MonoTime to{std::numeric_limits<std::int64_t>::max()};    ///< nor what comes after
    /// Answers and moves from then on are compared with those of the recorded machine.
    MonoTime compared{std::numeric_limits<std::int64_t>::min()};
    /// Each question within that time: as it is answered here, and as it was.
    std::function<void(MonoTime at, bool admitted, bool wasAdmitted)> asked{};
};

/// Tells `machine` each entry of the log; gives why it did not go to the end, empty if it did.
template <class Machine>
[[nodiscard]] std::string tellAgain(std::span<const CallLogBlock> log, bool cut, Machine& machine)
{
    for (const CallLogBlock& block : log) {
        if (block.lost > 0 && !(cut && &block == log.data())) {
            return "calls came faster than they could be recorded";
        }
        const auto entries = unpack(block);
        if (!entries) {
            return "the log is damaged";
        }
        for (const CallLogEntry& entry : *entries) {
            if (std::string why = machine.take(entry); !why.empty()) {
                return why;
            }
        }
    }
    return {};
}

/// The settings in force at each moment of a replay.
template <class Settings>
class ReplaySettings {
public:
    explicit ReplaySettings(const ReplayPlan<Settings>& plan) : m_plan(plan) {}

    /// Null: the machine was set up in a way that is not known.
    [[nodiscard]] const Settings* current() const noexcept
    {
        const auto& from = m_switched ? m_plan.proposed : m_plan.had;
        return m_at < from.size() ? &from[m_at] : nullptr;
    }
    void next() noexcept { ++m_at; }
    /// Whether the proposed ones come into force with an entry of this time.
    [[nodiscard]] bool switches(MonoTime at) noexcept
    {
        const bool now = !m_switched && !m_plan.proposed.empty() && at >= m_plan.from;
        m_switched = m_switched || now;
        return now;
    }
    [[nodiscard]] bool counts(MonoTime at) const noexcept
    {
        return at >= m_plan.from && at <= m_plan.to;
    }

private:
    const ReplayPlan<Settings>& m_plan;
    std::size_t m_at = 0;
    bool m_switched = false;
};

}  // namespace muster
