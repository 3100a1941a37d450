// SPDX-License-Identifier: Apache-2.0
#include "api/internal/command_handlers.h"

#include <algorithm>
#include <array>
#include <utility>

namespace muster {

namespace {

struct Entry {
    std::string_view name;
    CommandHandler handler;
};

constexpr std::array kHandlers{
    Entry{"load.pause", atOnce<pauseLoad>},
    Entry{"load.resume", atOnce<resumeLoad>},
    Entry{"load.rate", atOnce<holdLoad>},
    Entry{"load.auto", atOnce<releaseLoad>},
    Entry{"load.step", atOnce<stepLoad>},
    Entry{"load.burst", atOnce<burstLoad>},
    Entry{"load.stages", atOnce<reshapeLoad>},
    Entry{"agents.stop", stopAgents},
    Entry{"agents.suspend", suspendAgents},
    Entry{"agents.resume", resumeAgents},
    Entry{"agents.restart", restartAgents},
    Entry{"agents.send", sendToAgents},
    Entry{"limits.set", atOnce<setLimit>},
    Entry{"breaker.set", atOnce<setBreaker>},
    Entry{"breaker.reset", atOnce<resetBreaker>},
    Entry{"limits.try", atOnce<tryLimit>},
    Entry{"limits.keep", atOnce<keepLimit>},
    Entry{"limits.revert", atOnce<revertLimit>},
    Entry{"config.rollback", atOnce<rollBack>},
    Entry{"fault.start", atOnce<startFault>},
    Entry{"fault.inject", injectFault},
    Entry{"fault.end", atOnce<endFault>},
    Entry{"fault.stop", atOnce<stopFault>},
    Entry{"log.level", atOnce<setLogLevel>},
    Entry{"capture.set", atOnce<setCapture>},
    Entry{"mark.add", atOnce<addMark>},
    Entry{"blackbox.save", saveBlackBoxNow},
    Entry{"stream.append", appendToStream},
    Entry{"queue.pause", atOnce<pauseQueue>},
    Entry{"queue.resume", atOnce<resumeQueue>},
    Entry{"queue.push", pushJob},
    Entry{"queue.set", atOnce<setQueue>},
    Entry{"dead.list", atOnce<listLetters>},
    Entry{"dead.retry", atOnce<retryLetters>},
    Entry{"dead.stop", atOnce<stopRetries>},
    Entry{"dead.edit", atOnce<editLetter>},
    Entry{"dead.dry_run", atOnce<dryRunLetters>},
    Entry{"dead.discard", atOnce<discardLetters>},
    Entry{"replay.start", startReplay},
    Entry{"replay.pause", atOnce<pauseReplay>},
    Entry{"replay.resume", atOnce<resumeReplay>},
    Entry{"replay.step", atOnce<stepReplay>},
    Entry{"replay.speed", atOnce<speedReplay>},
    Entry{"replay.stop", atOnce<stopReplay>},
    Entry{"run.drain", atOnce<drainRun>},
    Entry{"run.stop", atOnce<stopRun>},
};

}  // namespace

CommandHandler findHandler(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kHandlers, name, &Entry::name);
    return found == kHandlers.end() ? nullptr : found->handler;
}

std::string argument(const Command& command, std::string_view name)
{
    const auto found = command.arguments.find(name);
    return found == command.arguments.end() ? std::string() : found->second;
}

Command makeCommand(std::string name,
                    std::initializer_list<std::pair<const std::string_view, std::string>> arguments)
{
    Command command;
    command.name = std::move(name);
    for (const auto& [key, value] : arguments) {
        command.arguments.emplace(key, value);
    }
    return command;
}

}  // namespace muster
