// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "api/internal/command_handlers.h"
#include "api/internal/queue_rows.h"
#include "documents/units.h"

namespace muster {

namespace {

/// Groups that a listing names.
constexpr std::size_t kGroupsShown = 8;
constexpr std::size_t kPreviewsShown = 5;

[[nodiscard]] Result<JobQueues*> queuesOf(CommandContext& context)
{
    if (context.core.queues) {
        return context.core.queues.get();
    }
    return Error{ErrorCode::unavailable,
                 "there is no durable queue",
                 {},
                 "Declare one in the workload ([queues.NAME], takes = \"NAME\")"};
}

struct Meant {
    JobQueues* queues = nullptr;
    LetterQuery query;
    std::vector<JobId> ids;
};

/// The letters that the command means; none is an error.
[[nodiscard]] Result<Meant> meant(CommandContext& context, const Command& command)
{
    const auto queues = queuesOf(context);
    if (!queues) {
        return queues.error();
    }
    const auto query = parseLetterQuery(argument(command, "letters"));
    if (!query) {
        return query.error();
    }
    Meant found{*queues, *query, (*queues)->lettersOf(toFilter(*query))};
    if (found.ids.empty()) {
        return Error{ErrorCode::notFound, "no dead letter that waits is meant by this",
                     command.name, "dead.list lists them"};
    }
    return found;
}

[[nodiscard]] std::string letters(std::uint64_t count)
{
    return fmt::format("{} dead letter{}", count, count == 1 ? "" : "s");
}

[[nodiscard]] Result<CommandEffect> pause(CommandContext& context, const Command& command,
                                          bool paused)
{
    const auto queues = queuesOf(context);
    if (!queues) {
        return queues.error();
    }
    const std::string name = argument(command, "queue");
    const auto status = (*queues)->status(name);
    if (status && status->figures.paused == paused) {
        return Error{ErrorCode::conflict,
                     fmt::format("queue {} {} already", name, paused ? "is paused" : "goes on"),
                     {},
                     {}};
    }
    if (const auto done = (*queues)->pause(name, paused, command.author); !done) {
        return done.error();
    }
    context.core.mark("queue", fmt::format("queue {} {}", name, paused ? "paused" : "resumed"));
    return CommandEffect{{fmt::format("Queue {} {}", name, paused ? "paused" : "goes on"), 1,
                          makeCommand(paused ? "queue.resume" : "queue.pause", {{"queue", name}})},
                         paused ? "running" : "paused",
                         paused ? "paused" : "running"};
}

[[nodiscard]] Result<NewJob> jobOf(const Command& command)
{
    NewJob job{.payload = argument(command, "payload"), .key = argument(command, "key")};
    if (const auto priority = argument(command, "priority"); !priority.empty()) {
        job.priority = *parseJobPriority(priority);
    }
    if (const auto delay = argument(command, "delay"); !delay.empty()) {
        const auto parsed = parseDuration(delay);
        if (!parsed) {
            return parsed.error();
        }
        job.delay = *parsed;
    }
    return job;
}

}  // namespace

Result<CommandEffect> pauseQueue(CommandContext& context, const Command& command)
{
    return pause(context, command, true);
}

Result<CommandEffect> resumeQueue(CommandContext& context, const Command& command)
{
    return pause(context, command, false);
}

/// Done once the job is on the disk.
void pushJob(CommandContext& context, const Command& command, CommandFinish finish)
{
    const auto queues = queuesOf(context);
    auto job = jobOf(command);
    if (!queues || !job) {
        finish(queues ? job.error() : queues.error());
        return;
    }
    const std::string name = argument(command, "queue");
    std::vector<NewJob> jobs;
    jobs.push_back(std::move(job).value());
    (*queues)->push(name, std::move(jobs), [name, finish](PushOutcome outcome) {
        if (outcome.refused) {
            finish(*outcome.refused);
            return;
        }
        const Pushed& pushed = outcome.pushed.front();
        finish(CommandEffect{
            {fmt::format("{} {} in queue {}",
                         pushed.duplicate ? "A duplicate: its key is that of job" : "Put job",
                         pushed.id.value, name),
             pushed.duplicate ? 0U : 1U, std::nullopt},
            {},
            {}});
    });
}

Result<CommandEffect> setQueue(CommandContext& context, const Command& command)
{
    const auto queues = queuesOf(context);
    if (!queues) {
        return queues.error();
    }
    const std::string name = argument(command, "queue");
    const std::string key = argument(command, "key");
    const std::string value = argument(command, "value");
    auto& specs = context.core.workload->queues;
    const auto spec = std::ranges::find(specs, name, &QueueSpec::name);
    if (spec == specs.end()) {
        return Error{ErrorCode::notFound, fmt::format("the workload has no queue \"{}\"", name),
                     command.name, "A queue that only the session knows has default settings"};
    }
    auto changed = changedQueue(*spec, key, value);
    if (!changed) {
        return changed.error();
    }
    const auto valueOf = [&]() -> std::string {
        for (const auto& [known, text] : settingsOf((*queues)->status(name)->settings)) {
            if (known == key) {
                return text;
            }
        }
        return {};
    };
    const std::string before = valueOf();
    if (const auto done = (*queues)->change(name, changed->settings); !done) {
        return done.error();
    }
    *spec = *std::move(changed);
    const std::string after = valueOf();
    context.core.mark("limit", fmt::format("queues.{}.{} {} -> {}", name, key, before, value));
    return CommandEffect{
        {fmt::format("queues.{}.{} is {}", name, key, value), 1,
         before.empty() ? std::nullopt
                        : std::optional(makeCommand(
                              "queue.set", {{"queue", name}, {"key", key}, {"value", before}}))},
        before,
        after.empty() ? value : after};
}

Result<CommandEffect> listLetters(CommandContext& context, const Command& command)
{
    const auto queues = queuesOf(context);
    if (!queues) {
        return queues.error();
    }
    const auto query = parseLetterQuery(argument(command, "letters"));
    if (!query) {
        return query.error();
    }
    const LetterPage page = (*queues)->letters(toFilter(*query), 0, 0);
    std::string text = letters(page.total) + (page.total == 0 ? " waits" : "");
    for (std::size_t i = 0; i < page.groups.size() && i < kGroupsShown; ++i) {
        const LetterGroup& group = page.groups[i];
        text += fmt::format("{}{} {}/{} in {} (\"{}\")", i == 0 ? ": " : ", ", group.letters,
                            group.failureClass, group.code, group.queue, group.message);
    }
    return CommandEffect{{text, page.total, std::nullopt}, {}, {}};
}

Result<CommandEffect> retryLetters(CommandContext& context, const Command& command)
{
    const auto found = meant(context, command);
    if (!found) {
        return found.error();
    }
    LetterRetry retry{.letters = found->ids, .word = {command.author, argument(command, "reason")}};
    if (const auto rate = argument(command, "rate"); !rate.empty()) {
        const auto parsed = parseRate(rate);
        if (!parsed) {
            return parsed.error();
        }
        retry.perSecond = *parsed;
    }
    const auto ordered = found->queues->retryLetters(retry);
    if (!ordered) {
        return ordered.error();
    }
    context.core.mark("queue", fmt::format("{} retried", letters(*ordered)));
    return CommandEffect{
        {fmt::format("{} will be tried again{}", letters(*ordered),
                     retry.perSecond > 0 ? " at " + argument(command, "rate") : ""),
         *ordered, makeCommand("dead.stop")},
        {},
        {}};
}

Result<CommandEffect> stopRetries(CommandContext& context, const Command&)
{
    const auto queues = queuesOf(context);
    if (!queues) {
        return queues.error();
    }
    const std::uint64_t stopped = (*queues)->stopRetries();
    return CommandEffect{
        {fmt::format("{} stay{} where they are", letters(stopped), stopped == 1 ? "s" : ""),
         stopped, std::nullopt},
        {},
        {}};
}

Result<CommandEffect> editLetter(CommandContext& context, const Command& command)
{
    const auto queues = queuesOf(context);
    const auto query = parseLetterQuery("id:" + argument(command, "letter"));
    if (!queues || !query) {
        return queues ? query.error() : queues.error();
    }
    const std::string payload = argument(command, "payload");
    if (const auto problem = payloadProblem(payload); !problem.empty()) {
        return Error{ErrorCode::invalidArgument, problem, command.name,
                     "Give the payload as it shall be"};
    }
    if (query->ids.size() != 1) {
        return Error{
            ErrorCode::invalidArgument, "expected the id of one dead letter", command.name, {}};
    }
    const JobId id{query->ids.front()};
    const auto before = (*queues)->letter(id);
    const auto edited =
        (*queues)->editLetter(id, payload, {command.author, argument(command, "reason")});
    if (!edited) {
        return edited.error();
    }
    std::string diff;
    for (const std::string& line : payloadDiff(before->job.content->payload, payload)) {
        diff += line.starts_with("  ") ? "" : (diff.empty() ? "" : "; ") + line;
    }
    const std::string number = std::to_string(id.value);
    return CommandEffect{
        {fmt::format("Dead letter {} changed: {}", number, diff.empty() ? "nothing" : diff), 1,
         makeCommand("dead.edit", {{"letter", number}, {"payload", before->job.content->payload}})},
        before->job.content->payload,
        payload};
}

Result<CommandEffect> dryRunLetters(CommandContext& context, const Command& command)
{
    const auto found = meant(context, command);
    if (!found) {
        return found.error();
    }
    const auto previews =
        previewRetry(*found->queues, found->query,
                     [&context](std::string_view queue, const std::string& payload) {
                         return context.run != nullptr ? context.run->retryFindings(queue, payload)
                                                       : std::vector<std::string>();
                     });
    std::uint64_t pass = 0;
    std::string held;
    std::size_t shown = 0;
    for (const RetryPreview& preview : previews) {
        pass += preview.passes ? 1 : 0;
        if (!preview.passes && shown++ < kPreviewsShown) {
            held += fmt::format("; {}: {}", preview.id, fmt::join(preview.findings, ", "));
        }
    }
    return CommandEffect{{fmt::format("{} of {} looked at would be tried again at once{}", pass,
                                      letters(previews.size()), held),
                          pass, std::nullopt},
                         {},
                         {}};
}

Result<CommandEffect> discardLetters(CommandContext& context, const Command& command)
{
    const auto found = meant(context, command);
    if (!found) {
        return found.error();
    }
    const std::uint64_t discarded =
        found->queues->discardLetters(found->ids, {command.author, argument(command, "reason")});
    context.core.mark("queue", fmt::format("{} discarded", letters(discarded)));
    return CommandEffect{
        {fmt::format("{} discarded; a record of each stays in the session", letters(discarded)),
         discarded, std::nullopt},
        {},
        {}};
}

}  // namespace muster
