// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/command.h"
#include "api/internal/change_trial.h"
#include "api/internal/configuration_book.h"
#include "api/internal/engine_core.h"
#include "api/internal/machine_faults.h"
#include "api/internal/resource_watch.h"
#include "api/internal/run_lifecycle.h"
#include "api/internal/workload_run.h"

namespace muster {

/// What commands are carried out upon.
struct CommandContext {
    EngineCore& core;
    WorkloadRun* run;  ///< null: no workload
    RunLifecycle& lifecycle;
    ResourceWatch& resources;
    MachineFaults& faults;
    ConfigurationBook& configuration;
    ChangeTrial& trial;
};

/// What a command did, and for the audit what it changed.
struct CommandEffect {
    CommandOutcome outcome;
    std::string before;  ///< empty: nothing is set by it
    std::string after;
};

/// Called exactly once, from any thread.
using CommandFinish = std::function<void(Result<CommandEffect>)>;
/// Called on the service thread with arguments that hold to the table; returns soon.
using CommandHandler = void (*)(CommandContext& context, const Command& command,
                                CommandFinish finish);

/// Null when no command is called so; every one of the table has a handler.
[[nodiscard]] CommandHandler findHandler(std::string_view name) noexcept;

/// A handler that is done when it returns.
template <Result<CommandEffect> (*Function)(CommandContext&, const Command&)>
void atOnce(CommandContext& context, const Command& command, CommandFinish finish)
{
    finish(Function(context, command));
}

/// The argument's text; empty when it was left out.
[[nodiscard]] std::string argument(const Command& command, std::string_view name);
/// A command with the arguments given, for undo.
[[nodiscard]] Command makeCommand(
    std::string name,
    std::initializer_list<std::pair<const std::string_view, std::string>> arguments = {});

// load_commands.cpp
Result<CommandEffect> pauseLoad(CommandContext& context, const Command& command);
Result<CommandEffect> resumeLoad(CommandContext& context, const Command& command);
Result<CommandEffect> holdLoad(CommandContext& context, const Command& command);
Result<CommandEffect> releaseLoad(CommandContext& context, const Command& command);
Result<CommandEffect> stepLoad(CommandContext& context, const Command& command);
Result<CommandEffect> burstLoad(CommandContext& context, const Command& command);
Result<CommandEffect> reshapeLoad(CommandContext& context, const Command& command);

// agent_commands.cpp: they scan the directory, so they run on the blocking pool
void stopAgents(CommandContext& context, const Command& command, CommandFinish finish);
void suspendAgents(CommandContext& context, const Command& command, CommandFinish finish);
void resumeAgents(CommandContext& context, const Command& command, CommandFinish finish);
void restartAgents(CommandContext& context, const Command& command, CommandFinish finish);
void sendToAgents(CommandContext& context, const Command& command, CommandFinish finish);

// fault_commands.cpp
Result<CommandEffect> startFault(CommandContext& context, const Command& command);
Result<CommandEffect> stopFault(CommandContext& context, const Command& command);
void injectFault(CommandContext& context, const Command& command, CommandFinish finish);
Result<CommandEffect> endFault(CommandContext& context, const Command& command);

// resource_commands.cpp
Result<CommandEffect> setResourceLimit(CommandContext& context, const Command& command);

// engine_commands.cpp
Result<CommandEffect> setLimit(CommandContext& context, const Command& command);
// service_commands.cpp
Result<CommandEffect> setServiceLimit(CommandContext& context, const Command& command);
// configuration_commands.cpp
Result<CommandEffect> tryLimit(CommandContext& context, const Command& command);
Result<CommandEffect> keepLimit(CommandContext& context, const Command& command);
Result<CommandEffect> revertLimit(CommandContext& context, const Command& command);
Result<CommandEffect> rollBack(CommandContext& context, const Command& command);
/// One that is done when its handler returns, carried out at once; its arguments are checked.
Result<CommandEffect> carryOutNow(CommandContext& context, const Command& command);

// service_commands.cpp
Result<CommandEffect> setBreaker(CommandContext& context, const Command& command);
Result<CommandEffect> resetBreaker(CommandContext& context, const Command& command);

// queue_commands.cpp
Result<CommandEffect> pauseQueue(CommandContext& context, const Command& command);
Result<CommandEffect> resumeQueue(CommandContext& context, const Command& command);
void pushJob(CommandContext& context, const Command& command, CommandFinish finish);
Result<CommandEffect> setQueue(CommandContext& context, const Command& command);
Result<CommandEffect> listLetters(CommandContext& context, const Command& command);
Result<CommandEffect> retryLetters(CommandContext& context, const Command& command);
Result<CommandEffect> stopRetries(CommandContext& context, const Command& command);
Result<CommandEffect> editLetter(CommandContext& context, const Command& command);
Result<CommandEffect> dryRunLetters(CommandContext& context, const Command& command);
Result<CommandEffect> discardLetters(CommandContext& context, const Command& command);

// replay_commands.cpp
void startReplay(CommandContext& context, const Command& command, CommandFinish finish);
Result<CommandEffect> pauseReplay(CommandContext& context, const Command& command);
Result<CommandEffect> resumeReplay(CommandContext& context, const Command& command);
Result<CommandEffect> stepReplay(CommandContext& context, const Command& command);
Result<CommandEffect> speedReplay(CommandContext& context, const Command& command);
Result<CommandEffect> stopReplay(CommandContext& context, const Command& command);

// engine_commands.cpp
Result<CommandEffect> setLogLevel(CommandContext& context, const Command& command);
Result<CommandEffect> setCapture(CommandContext& context, const Command& command);
Result<CommandEffect> addMark(CommandContext& context, const Command& command);
void appendToStream(CommandContext& context, const Command& command, CommandFinish finish);
void saveBlackBoxNow(CommandContext& context, const Command& command, CommandFinish finish);
Result<CommandEffect> drainRun(CommandContext& context, const Command& command);
Result<CommandEffect> stopRun(CommandContext& context, const Command& command);

}  // namespace muster
