// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/command.h"
#include "api/configuration.h"
#include "api/internal/document_change.h"
#include "api/internal/engine_core.h"
#include "api/internal/workload_run.h"

namespace muster {

struct CommandEffect;

/// All that can be set while a run goes on, as one document, and the versions it has been
/// through: each change makes a new one, which the session keeps. A run that goes on in a session
/// after one that was not closed takes up what that one had kept last.
/// Thread safety: any thread; note() and what asks for a document from one at a time, which
/// carries out the commands, or before there are any.
class ConfigurationBook {
public:
    /// `run` may be null: no workload.
    ConfigurationBook(EngineCore& core, WorkloadRun* run);

    /// Reads what the session holds. True: there is something to take up.
    [[nodiscard]] bool readSession();
    /// What has to be carried out for the session's kept configuration to be in force.
    [[nodiscard]] std::vector<Command> toTakeUp() const;
    [[nodiscard]] bool takesUp() const noexcept { return m_takesUp; }
    /// The run has begun: its first version.
    void begin();

    /// Makes a version of what is in force now, unless it is that of the newest one. Gives its
    /// number; empty: nothing has changed, or the run has not begun.
    std::optional<std::uint64_t> note(std::string_view kind, const std::string& author,
                                      const std::string& reason);
    /// What a command set: of limits that only it knows.
    void learn(const Command& command, const CommandEffect& effect);

    [[nodiscard]] Value document() const;
    /// What changes from `before` on is on trial, until endTrial().
    void beginTrial(const Value& before);
    void endTrial();

    /// The commands that bring about the document of a version. Errors: notFound, unavailable.
    [[nodiscard]] Result<std::vector<Command>> toRestore(std::uint64_t version) const;
    [[nodiscard]] std::uint64_t version() const;

    static constexpr std::size_t kKept = 256;  ///< versions at hand; the session has them all

private:
    struct Version {
        std::uint64_t number = 0;
        std::string document;
    };

    [[nodiscard]] std::vector<Command> commandsTo(const Value& target) const;
    void addServiceCommands(const Value& target, std::vector<Command>& commands) const;
    void addLimitCommands(const Value& target, std::vector<Command>& commands) const;
    void addLoadCommands(const Value& target, std::vector<Command>& commands) const;
    void addQueueCommands(const Value& target, std::vector<Command>& commands) const;
    void addCaptureCommands(const Value& target, std::vector<Command>& commands) const;
    void store(std::string_view kind, const std::string& author, const std::string& reason,
               const std::string& document, const std::string& kept);

    EngineCore& m_core;
    WorkloadRun* m_run;
    std::string m_file;  ///< hash of what the file says
    // Of the session, before this run.
    std::string m_before;
    bool m_takesUp = false;
    std::uint64_t m_tookUp = 0;  ///< version that was; 0: none
    std::uint64_t m_interruptedVersion = 0;
    std::string m_rate = "profile";  ///< the load's target, where it was set by hand

    mutable std::mutex m_mutex;  // guards what follows
    bool m_begun = false;
    std::uint64_t m_version = 0;
    std::string m_document, m_kept;  ///< of the newest version
    std::deque<Version> m_versions;
    std::map<std::string, std::string, std::less<>> m_limits;    ///< beside those of services
    std::map<std::string, std::string, std::less<>> m_original;  ///< before they were first set
    std::optional<std::vector<DocumentChange>> m_trial;
};

}  // namespace muster
