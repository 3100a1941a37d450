// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "api/command.h"
#include "api/configuration.h"
#include "api/internal/configuration_book.h"

namespace muster {

struct CommandContext;

/// What a change on trial must not do; what is not named is not watched.
struct TrialGuard {
    std::optional<double> errorRate;   ///< of what ended, over the last seconds, 0…1
    std::optional<double> rejections;  ///< likewise: rejected by ourselves
    std::optional<double> p99;         ///< nanoseconds, of the last seconds
    std::optional<Pressure> pressure;  ///< this level or a higher one
};

/// A change that is taken back by itself unless it is kept: one at a time. It is judged by the
/// calls of the service it is about, or by all actions when it is about none.
/// Thread safety: status() from any thread; the rest from one at a time, which carries out the
/// commands.
class ChangeTrial {
public:
    ChangeTrial(EngineCore& core, WorkloadRun* run, ConfigurationBook& configuration)
        : m_core(core), m_run(run), m_configuration(configuration)
    {
    }

    /// Errors: conflict while another one goes on, and as the change itself.
    [[nodiscard]] Result<CommandEffect> begin(CommandContext& context, const Command& command);
    /// Errors: conflict when none goes on.
    [[nodiscard]] Result<CommandEffect> keep(const Command& command);
    [[nodiscard]] Result<CommandEffect> revert(CommandContext& context, const Command& command);
    /// Whether a command would change what is on trial. Errors: conflict, which says so.
    [[nodiscard]] Result<void> allows(const Command& command) const;
    /// Looks whether it is over, or breached.
    void beat(CommandContext& context);
    /// The run ends: what nobody has kept is taken back.
    void end(CommandContext& context);

    [[nodiscard]] std::optional<TrialStatus> status() const;

    static constexpr Duration kStandard = std::chrono::seconds(30);
    static constexpr Duration kWindow = std::chrono::seconds(5);  ///< that rates are over
    static constexpr std::uint64_t kFewest = 20;  ///< ended in it, or there is no rate

private:
    /// What had ended at a time.
    struct Ended {
        MonoTime at;
        std::uint64_t good = 0;
        std::uint64_t failed = 0;
        std::uint64_t rejected = 0;
    };
    struct Trial {
        std::string key;
        std::string before;
        std::string after;
        std::string author;
        std::string service;  ///< empty: it is about none
        std::uint64_t version = 0;
        Command undo;
        TrialGuard guard;
        MonoTime begin;
        Duration length{};
        std::deque<Ended> ended;
    };
    struct Shares {
        std::optional<double> errors;
        std::optional<double> rejections;
    };

    [[nodiscard]] Result<TrialGuard> guardOf(const Command& command, const Trial& trial) const;
    [[nodiscard]] Ended endedNow(const Trial& trial) const;
    [[nodiscard]] Reading p99Of(const Trial& trial) const;
    [[nodiscard]] static Shares sharesOf(const Trial& trial);
    /// Why it has to be taken back; empty: nothing is wrong.
    [[nodiscard]] std::pair<std::string, std::string> breachOf(const Trial& trial) const;
    [[nodiscard]] Result<void> takeBack(CommandContext& context, const std::string& author,
                                        const std::string& cause, const std::string& detail);
    void publishBegin(const Trial& trial) const;

    EngineCore& m_core;
    WorkloadRun* m_run;
    ConfigurationBook& m_configuration;
    MonoTime m_looked;
    mutable std::mutex m_mutex;  // guards what follows
    std::optional<Trial> m_trial;
};

}  // namespace muster
