// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>
#include <chrono>

#include "agents/operator_note.h"
#include "api/internal/agent_filter.h"
#include "api/internal/command_handlers.h"

namespace muster {

namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(2);
/// Beyond it an undo names the filter again rather than every agent.
constexpr std::size_t kMostNamed = 500;

[[nodiscard]] Result<std::vector<AgentId>> matching(Runtime& runtime, const std::string& text)
{
    auto filter = parseAgentFilter(text);
    if (!filter) {
        return filter.error();
    }
    std::vector<AgentId> ids;
    runtime.directory().forEach([&](const DirectoryEntry& entry) {
        if (!*filter || (*filter)(entry)) {
            ids.push_back(entry.id());
        }
        return true;
    });
    if (ids.empty()) {
        return Error{ErrorCode::notFound, fmt::format("no agent matches \"{}\"", text), {}, {}};
    }
    return ids;
}

[[nodiscard]] std::string agentsText(std::uint64_t count)
{
    return fmt::format("{} agent{}", count, count == 1 ? "" : "s");
}

/// Names exactly those agents, while they are few.
[[nodiscard]] Command onAgents(std::string name, const std::vector<AgentId>& ids,
                               const std::string& filter)
{
    std::string named;
    if (ids.size() <= kMostNamed) {
        for (const auto id : ids) {
            named += (named.empty() ? "id:" : ",") + toString(id);
        }
    }
    return makeCommand(std::move(name), {{"filter", named.empty() ? filter : named}});
}

using Work = std::function<Result<CommandEffect>(const std::vector<AgentId>& ids)>;

/// Finds the agents and works on them on the blocking pool, off the service thread.
void onMatching(CommandContext& context, const Command& command, const CommandFinish& finish,
                Work work)
{
    auto& runtime = *context.core.runtime;
    const auto posted = runtime.scheduler().blocking(
        [&runtime, filter = argument(command, "filter"), finish, work = std::move(work)] {
            const auto ids = matching(runtime, filter);
            finish(ids ? work(*ids) : Result<CommandEffect>(ids.error()));
        });
    if (!posted) {
        finish(posted.error());
    }
}

/// Does one thing to each agent; those of which it did not hold count as unaffected.
template <class Each>
[[nodiscard]] std::vector<AgentId> forEach(const std::vector<AgentId>& ids, Each each)
{
    std::vector<AgentId> done;
    for (const auto id : ids) {
        if (each(id)) {
            done.push_back(id);
        }
    }
    return done;
}

[[nodiscard]] Result<CommandEffect> changed(std::string_view did, std::string_view already,
                                            const std::vector<AgentId>& agents, Command undo)
{
    if (agents.empty()) {
        return Error{
            ErrorCode::conflict, fmt::format("every agent that matches is {}", already), {}, {}};
    }
    return CommandEffect{
        {fmt::format("{} {}", did, agentsText(agents.size())), agents.size(), std::move(undo)},
        {},
        {}};
}

/// Counts the answers of many agents and finishes with the last of them.
struct Answers {
    Answers(std::size_t asked, CommandFinish finish)
        : all(asked), left(asked), done(std::move(finish))
    {
    }

    void came(bool delivered)
    {
        if (delivered) {
            ++received;
        }
        if (left.fetch_sub(1) == 1) {
            conclude();
        }
    }
    void conclude() const
    {
        if (received == 0) {
            done(Error{ErrorCode::timedOut,
                       fmt::format("none of {} took the message", agentsText(all)),
                       {},
                       "Agents that are suspended or of another type take none."});
            return;
        }
        auto summary = fmt::format("Delivered to {}", agentsText(received));
        if (received < all) {
            summary += fmt::format(" of {}; the others did not take it", all);
        }
        done(CommandEffect{{std::move(summary), received, std::nullopt}, {}, {}});
    }

    const std::size_t all;
    std::atomic<std::size_t> left;
    std::atomic<std::size_t> received{0};
    const CommandFinish done;
};

}  // namespace

void stopAgents(CommandContext& context, const Command& command, CommandFinish finish)
{
    onMatching(
        context, command, finish,
        [&runtime = *context.core.runtime, author = command.author](const auto& ids) {
            const auto stopped =
                runtime.stopMany(ids, {EndKind::stopped, "stopped by " + author}).done;
            return CommandEffect{
                {fmt::format("Stopped {}", agentsText(stopped)), stopped, std::nullopt}, {}, {}};
        });
}

void suspendAgents(CommandContext& context, const Command& command, CommandFinish finish)
{
    onMatching(context, command, finish,
               [&runtime = *context.core.runtime,
                filter = argument(command, "filter")](const auto& ids) -> Result<CommandEffect> {
                   const auto done = runtime.suspendMany(ids);
                   return changed("Suspended", "suspended", done,
                                  onAgents("agents.resume", done, filter));
               });
}

void resumeAgents(CommandContext& context, const Command& command, CommandFinish finish)
{
    onMatching(context, command, finish,
               [&runtime = *context.core.runtime,
                filter = argument(command, "filter")](const auto& ids) -> Result<CommandEffect> {
                   const auto done = runtime.resumeMany(ids);
                   return changed("Resumed", "running", done,
                                  onAgents("agents.suspend", done, filter));
               });
}

void restartAgents(CommandContext& context, const Command& command, CommandFinish finish)
{
    onMatching(context, command, finish,
               [&core = context.core](const auto& ids) -> Result<CommandEffect> {
                   std::optional<Error> refused;
                   const auto done = forEach(ids, [&](AgentId id) {
                       const auto restarted = core.runtime->restart(id);
                       if (!restarted) {
                           refused = restarted.error();
                       }
                       return restarted.ok();
                   });
                   if (done.empty()) {
                       return *refused;
                   }
                   auto summary = fmt::format("Restarted {}", agentsText(done.size()));
                   core.mark("restart", summary);
                   return CommandEffect{{std::move(summary), done.size(), std::nullopt}, {}, {}};
               });
}

void sendToAgents(CommandContext& context, const Command& command, CommandFinish finish)
{
    auto& runtime = *context.core.runtime;
    auto message = argument(command, "message");
    if (message.empty()) {
        message = "ping";
    }
    const auto posted = runtime.scheduler().blocking([&runtime, message, finish,
                                                      filter = argument(command, "filter")] {
        const auto ids = matching(runtime, filter);
        if (!ids) {
            finish(ids.error());
            return;
        }
        auto answers = std::make_shared<Answers>(ids->size(), finish);
        for (const auto id : *ids) {
            runtime.ask<Done>(id, OperatorNote{message}, kAnswerWithin,
                              [answers](const Result<Done>& taken) { answers->came(taken.ok()); });
        }
    });
    if (!posted) {
        finish(posted.error());
    }
}

}  // namespace muster
