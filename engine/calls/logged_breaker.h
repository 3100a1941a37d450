// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "calls/call_log.h"

namespace muster {

/// A breaker that writes down what it is told. Its permits carry their number in the log.
/// Thread safety: one thread at a time.
class LoggedBreaker {
public:
    LoggedBreaker(CircuitBreaker machine, bool logs) : m_machine(std::move(machine)), m_logs(logs)
    {
    }
    /// In place of another one, or of none: its log goes on with it.
    void start(MonoTime now)
    {
        CallLogEntry entry = at(CallLogEntry::Kind::start);
        entry.at = now;
        add(entry);
    }
    /// It is replaced: what is told to it from now on is of no interest.
    void endLog() noexcept { m_logs = false; }

    [[nodiscard]] BreakerAnswer permit(MonoTime now)
    {
        BreakerAnswer answer = m_machine.permit(now);
        CallLogEntry entry = at(CallLogEntry::Kind::ask);
        entry.admitted = answer.admitted;
        answer.permit.number = add(entry);
        return answer;
    }
    [[nodiscard]] bool begin(BreakerPermit& permit, MonoTime now)
    {
        const bool holds = m_machine.begin(permit, now);
        add(at(CallLogEntry::Kind::begin, permit.number));
        return holds;
    }
    [[nodiscard]] BreakerMoves report(const BreakerPermit& permit, CallOutcome outcome,
                                      MonoTime now)
    {
        const BreakerMoves moves = m_machine.report(permit, outcome, now);
        CallLogEntry entry = at(CallLogEntry::Kind::report, permit.number);
        entry.outcome = outcome;
        add(entry);
        return moves;
    }
    [[nodiscard]] Result<BreakerMoves> moveTo(BreakerState state, MonoTime now)
    {
        auto moves = m_machine.moveTo(state, now);
        if (moves.ok()) {
            CallLogEntry entry = at(CallLogEntry::Kind::move);
            entry.state = state;
            add(entry);
        }
        return moves;
    }
    [[nodiscard]] BreakerMoves reset(MonoTime now)
    {
        const BreakerMoves moves = m_machine.reset(now);
        add(at(CallLogEntry::Kind::reset));
        return moves;
    }
    [[nodiscard]] Result<void> change(const BreakerSettings& settings, MonoTime now)
    {
        auto done = m_machine.change(settings, now);
        if (done.ok()) {
            add(at(CallLogEntry::Kind::change));
        }
        return done;
    }
    [[nodiscard]] BreakerView view(MonoTime now) const { return m_machine.view(now); }
    [[nodiscard]] BreakerState state() const noexcept { return m_machine.state(); }
    [[nodiscard]] CallLog& log() noexcept { return m_log; }

private:
    [[nodiscard]] CallLogEntry at(CallLogEntry::Kind kind, std::uint64_t number = 0) const
    {
        CallLogEntry entry;
        entry.kind = kind;
        entry.at = m_machine.time();
        entry.number = number;
        return entry;
    }
    std::uint64_t add(const CallLogEntry& entry) { return m_logs ? m_log.add(entry) : 0; }

    CircuitBreaker m_machine;
    CallLog m_log;
    bool m_logs;
};

}  // namespace muster
