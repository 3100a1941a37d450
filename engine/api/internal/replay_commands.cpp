// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "api/internal/command_handlers.h"
#include "documents/units.h"

namespace muster {

namespace {

[[nodiscard]] Result<std::uint64_t> wholeNumber(const std::string& text, const char* what)
{
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc{} && end == text.data() + text.size() && value > 0) {
        return value;
    }
    return Error{
        ErrorCode::invalidArgument, fmt::format("expected {}, found \"{}\"", what, text), {}, {}};
}

/// A time since the start of the run; left out: none.
[[nodiscard]] Result<std::optional<Duration>> momentOf(const Command& command,
                                                       std::string_view name)
{
    const auto text = argument(command, name);
    if (text.empty()) {
        return std::optional<Duration>();
    }
    const auto moment = parseDuration(text);
    return moment ? Result<std::optional<Duration>>(std::optional(*moment)) : moment.error();
}

[[nodiscard]] Result<ReplayQuery> queryOf(const Command& command)
{
    ReplayQuery query;
    query.file = argument(command, "session");
    query.events.type = argument(command, "type");
    query.events.source = argument(command, "source");
    if (const auto text = argument(command, "speed"); !text.empty()) {
        const auto speed = parseReplaySpeed(text);
        if (!speed) {
            return speed.error();
        }
        query.speed = *speed;
    }
    if (const auto text = argument(command, "run"); !text.empty()) {
        const auto run = wholeNumber(text, "the number of a run, from 1");
        if (!run) {
            return run.error();
        }
        query.run = RunId{static_cast<std::uint32_t>(*run)};
    }
    const auto from = momentOf(command, "from");
    const auto to = momentOf(command, "to");
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    query.fromStart = *from;
    query.toStart = *to;
    return query;
}

/// The replay that goes on, or why there is none to steer.
[[nodiscard]] Result<std::shared_ptr<ReplayControl>> steered(CommandContext& context)
{
    const auto* live = context.core.liveReplay.get();
    auto control = live != nullptr ? live->control() : nullptr;
    if (!control || control->progress().over()) {
        return Error{ErrorCode::unavailable,
                     "nothing is played into this run",
                     {},
                     "Begin with replay.start SESSION.db live."};
    }
    return control;
}

[[nodiscard]] CommandEffect done(std::string summary)
{
    return {{std::move(summary), 1, std::nullopt}, {}, {}};
}

}  // namespace

void startReplay(CommandContext& context, const Command& command, CommandFinish finish)
{
    const auto query = queryOf(command);
    if (!query) {
        return finish(query.error());
    }
    LiveReplay* live = context.core.liveReplay.get();
    if (live == nullptr) {
        return finish(Error{ErrorCode::unavailable,
                            "nothing can be played into a simulation: it comes from its seed alone",
                            {},
                            "Play it in a sandbox: musterctl replay SESSION.db."});
    }
    // A session is opened on a disk.
    auto posted = context.core.runtime->scheduler().blocking(
        [live, query = *query, author = command.author, finish] {
            const auto started = live->start(query, author);
            finish(started ? Result<CommandEffect>(done(fmt::format(
                                 "Playing run {} of {} into this run",
                                 (*started)->progress().run.value, query.file.string())))
                           : started.error());
        });
    if (!posted) {
        finish(posted.error());
    }
}

Result<CommandEffect> pauseReplay(CommandContext& context, const Command&)
{
    const auto control = steered(context);
    if (!control) {
        return control.error();
    }
    (*control)->pause();
    return done("Replay paused");
}

Result<CommandEffect> resumeReplay(CommandContext& context, const Command&)
{
    const auto control = steered(context);
    if (!control) {
        return control.error();
    }
    (*control)->resume();
    return done("Replay resumed");
}

Result<CommandEffect> stepReplay(CommandContext& context, const Command& command)
{
    const auto control = steered(context);
    const auto text = argument(command, "count");
    const auto count = wholeNumber(text.empty() ? "1" : text, "how many events, from 1");
    if (!control || !count) {
        return control ? count.error() : control.error();
    }
    (*control)->step(*count);
    return done(fmt::format("Replay stepped by {}", *count));
}

Result<CommandEffect> speedReplay(CommandContext& context, const Command& command)
{
    const auto control = steered(context);
    const auto speed = parseReplaySpeed(argument(command, "speed"));
    if (!control || !speed) {
        return control ? speed.error() : control.error();
    }
    (*control)->setSpeed(*speed);
    return done(fmt::format("Replay at {}", argument(command, "speed")));
}

Result<CommandEffect> stopReplay(CommandContext& context, const Command&)
{
    const auto control = steered(context);
    if (!control) {
        return control.error();
    }
    (*control)->cancel();
    return done(fmt::format("Replay ended after {} events", (*control)->progress().played));
}

}  // namespace muster
