// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "base/ids.h"
#include "calls/call_log.h"
#include "calls/service_settings.h"

namespace muster {

/// Who asks a limiter.
struct LimiterCaller {
    AgentId agent;
    std::string_view action;
};

/// What there is to show of a limiter.
struct LimiterView {
    std::string_view kind;  ///< "token_bucket", "sliding_window", "cycle", "keyed"
    Rate rate;
    LimitStatus status;  ///< of a keyed one: of a caller that was not seen yet
    bool keyed = false;
    std::uint64_t forgotten = 0;  ///< keys that made room for others
    std::uint64_t noRoom = 0;     ///< calls of keys for which there was none
};

/// The limiter of a service, of whichever kind, that writes down what it is asked. All its
/// decisions are functions of the log's times, so a limiter with the same settings decides the
/// same. Thread safety: one thread at a time; Guarded<ServiceLimiter> for many.
class ServiceLimiter {
public:
    /// Errors: outOfRange, with the key in `where`.
    [[nodiscard]] static Result<ServiceLimiter> create(const LimiterSettings& settings,
                                                       MonoTime now, bool logs);

    /// One token; waits no longer than its settings and `longest` allow.
    [[nodiscard]] Reservation take(const LimiterCaller& caller, Duration longest, MonoTime now)
    {
        return take(keyed() ? keyOf(caller) : longest, now);
    }
    /// As the log has it: the key of a keyed one, of another one the longest wait.
    [[nodiscard]] Reservation take(Duration detail, MonoTime now);
    /// A call that waited for its token does not want it any more. What a cycle had promised is
    /// lost.
    void cancel(const Reservation& reservation, MonoTime now);
    /// Of the same kind it keeps its fill, another one begins full. Errors: outOfRange, and
    /// nothing changed.
    [[nodiscard]] Result<void> change(const LimiterSettings& settings, MonoTime now);

    [[nodiscard]] LimiterView view(MonoTime now) const;
    [[nodiscard]] const LimiterSettings& settings() const noexcept { return m_settings; }
    [[nodiscard]] CallLog& log() noexcept { return m_log; }
    /// It is replaced: what is told to it from now on is of no interest.
    void endLog() noexcept { m_logs = false; }

private:
    using Machine =
        std::variant<TokenBucket, SlidingWindow, CycleLimiter, std::unique_ptr<GcraTable>>;

    ServiceLimiter(LimiterSettings settings, Machine machine, bool logs)
        : m_settings(std::move(settings)), m_machine(std::move(machine)), m_logs(logs)
    {
    }
    [[nodiscard]] static Result<Machine> make(const LimiterSettings& settings, MonoTime now);
    [[nodiscard]] bool keyed() const noexcept
    {
        return std::holds_alternative<KeyedLimiterSettings>(m_settings.kind);
    }
    [[nodiscard]] Duration keyOf(const LimiterCaller& caller) const noexcept;
    [[nodiscard]] Reservation decide(Duration detail, MonoTime time);
    std::uint64_t add(CallLogEntry::Kind kind, MonoTime time, std::uint64_t number,
                      Duration detail = {}, bool admitted = false);

    LimiterSettings m_settings;
    Machine m_machine;
    SteadyTime m_time;
    CallLog m_log;
    bool m_logs;
};

/// "token_bucket", as a workload file names it.
[[nodiscard]] std::string_view kindOf(const LimiterSettings& settings) noexcept;

}  // namespace muster
