// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "calls/breaker_replay.h"
#include "storage/session_reader.h"
#include "workload/service_spec.h"

namespace muster {

/// What a session tells of one service in one run: the settings it had in turn, the moves of its
/// breaker, and what its machines were asked. Blocking. Thread safety: one thread at a time.
class ServiceRecording {
public:
    ServiceRecording(SessionReader& reader, RunId run, std::string service);

    /// Errors: notFound for what is not there.
    [[nodiscard]] Result<void> read();

    /// The settings of a stage from the log's start on and after each change and new start, with
    /// `proposed` ("limiter.rate=200/s") on top; empty: it never had one. Errors: as
    /// withSetting().
    template <class Settings>
    [[nodiscard]] Result<std::vector<Settings>> settings(
        std::optional<Settings> ServiceSettings::*stage,
        const std::vector<std::string>& proposed) const;
    /// Retention deleted the beginning of the log; the log is not empty.
    [[nodiscard]] bool isCut(bool ofBreaker) const;

    [[nodiscard]] const std::vector<CallLogBlock>& log(bool ofBreaker) const noexcept
    {
        return ofBreaker ? m_breakerLog : m_limiterLog;
    }
    /// What its events tell of its breaker, in turn.
    struct Move {
        std::uint64_t sequence = 0;
        WallTime at;
        std::string text;
    };
    [[nodiscard]] const std::vector<Move>& moves() const noexcept { return m_moves; }
    /// As a Move of an event would read.
    [[nodiscard]] static std::string textOf(const BreakerMove& move);

    /// Of a machine's steady time.
    [[nodiscard]] WallTime wallOf(MonoTime at) const noexcept
    {
        return {saturatingAdd(at, Duration{m_offset}).nanoseconds};
    }
    [[nodiscard]] MonoTime steadyOf(WallTime at) const noexcept
    {
        return saturatingAdd(MonoTime{at.nanoseconds}, Duration{-m_offset});
    }

private:
    using Take = void (ServiceRecording::*)(const StoredEvent& event, const Value& data);

    [[nodiscard]] Result<void> visit(EventType type, Take take);
    void takeStart(const StoredEvent& event, const Value& data);
    void takeChange(const StoredEvent& event, const Value& data);
    void takeMove(const StoredEvent& event, const Value& data);
    /// From the versions of the configuration, which no retention deletes.
    [[nodiscard]] Result<void> takeVersions();
    [[nodiscard]] Result<void> readLog();
    [[nodiscard]] Result<ServiceSpec> with(const ServiceSpec& step,
                                           const std::vector<std::string>& proposed) const;

    SessionReader& m_reader;
    RunId m_run;
    std::string m_service;
    std::vector<ServiceSpec> m_steps;
    std::vector<WallTime> m_stepsAt;
    std::vector<Move> m_moves;
    std::vector<CallLogBlock> m_breakerLog;
    std::vector<CallLogBlock> m_limiterLog;
    std::int64_t m_offset = 0;  // wall time less steady time
    bool m_offsetKnown = false;
};

template <class Settings>
Result<std::vector<Settings>> ServiceRecording::settings(
    std::optional<Settings> ServiceSettings::*stage, const std::vector<std::string>& proposed) const
{
    std::vector<Settings> all;
    const std::optional<Settings>* before = nullptr;
    const bool ofBreaker = std::is_same_v<Settings, BreakerSettings>;
    const bool cut = !log(ofBreaker).empty() && isCut(ofBreaker);
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        const ServiceSpec& step = m_steps[i];
        const std::optional<Settings>& now = step.settings.*stage;
        // As it was: a change of something else did not reach the stage.
        const bool reached = now && (before == nullptr || now != *before);
        before = &now;
        if (!reached) {
            continue;
        }
        const auto asked = with(step, proposed);
        if (!asked) {
            return asked.error();
        }
        if (!(asked->settings.*stage)) {
            return Error{ErrorCode::invalidArgument,
                         "without the stage everything passes: there is nothing to work out",
                         "services." + m_service,
                         {}};
        }
        if (cut && m_stepsAt[i] < wallOf(log(ofBreaker).front().begin)) {
            all.clear();  // those before it have no part in what remains
        }
        all.push_back(*(asked->settings.*stage));
    }
    return all;
}

}  // namespace muster
