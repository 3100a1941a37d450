// SPDX-License-Identifier: Apache-2.0
#include "musterctl/history_arguments.h"

#include <algorithm>

#include "api/quantities.h"
#include "musterctl/argument_options.h"
#include "musterctl/times.h"

namespace muster::ctl {

namespace {

const std::map<std::string, Format> kFormats{{"table", Format::table}, {"json", Format::jsonl}};
const std::map<std::string, Format> kLineFormats{{"table", Format::table},
                                                 {"jsonl", Format::jsonl}};
const std::map<std::string, ReportFormat> kReportFormats{{"html", ReportFormat::html},
                                                         {"json", ReportFormat::json},
                                                         {"markdown", ReportFormat::markdown}};

[[nodiscard]] Result<RangeEnd> readEnd(std::string_view text)
{
    if (text.empty()) {
        return RangeEnd{};
    }
    if (const auto after = parseDuration(std::string(text))) {
        return RangeEnd{.after = *after, .at = {}};
    }
    const auto at = readTime(text);
    if (at) {
        return RangeEnd{.after = {}, .at = *at};
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("expected FROM..TO, each a time since the run's start such as 10s or "
                             "a time in UTC such as 2026-11-20T14:02:03Z, found \"{}\"",
                             text),
                 {},
                 {}};
}

CLI::Option* addRunName(CLI::App& app, const std::string& name, CompareSideArguments& side,
                        const std::string& help)
{
    return app
        .add_option_function<std::string>(
            name,
            [&side](const std::string& text) {
                auto [file, run] = readRunName(text);
                side.side.file = std::move(file);
                side.side.run = run;
            },
            help)
        ->check(refuseEmpty)
        ->type_name("FILE[:RUN]");
}

}  // namespace

RunName readRunName(const std::string& text)
{
    std::error_code unknown;
    const auto colon = text.rfind(':');
    std::uint32_t run = 0;
    if (colon == std::string::npos || std::filesystem::exists(text, unknown)) {
        return {text, {}};
    }
    const char* last = text.data() + text.size();
    const auto [end, problem] = std::from_chars(text.data() + colon + 1, last, run);
    if (problem != std::errc{} || end != last || run == 0) {
        return {text, {}};
    }
    return {text.substr(0, colon), RunId{run}};
}

Result<RelativeRange> readRange(std::string_view text)
{
    const auto dots = text.find("..");
    const auto from = readEnd(text.substr(0, dots));
    const auto to = dots == std::string_view::npos ? readEnd("?") : readEnd(text.substr(dots + 2));
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    return RelativeRange{*from, *to};
}

Result<RangeEnd> readMoment(std::string_view text)
{
    const auto moment = text.empty() ? Result<RangeEnd>(Error{}) : readEnd(text);
    if (moment) {
        return moment;
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("expected a time since the run's start such as 90s or a time in UTC "
                             "such as 2026-11-20T14:02:03Z, found \"{}\"",
                             text),
                 {},
                 {}};
}

void addState(CLI::App& root, StateArguments& arguments)
{
    auto& app = *root.add_subcommand(
        "state",
        "what an engine was at one moment, rebuilt from its events and proved by the hash");
    addRunName(app, "session", arguments.side, "a session, or one run of it; else its newest")
        ->required();
    addParsed(app, "--at", arguments.at, readMoment,
              "a time since the run's start (90s) or in UTC; else its end")
        ->type_name("MOMENT");
    app.add_flag("--agents", arguments.agents, "the agents that lived then, one a line");
    addChoice(app, "--format", arguments.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl state flaky.db --at 45s\n"
        "  musterctl state shop.db:2 --agents --format json\n"
        "Exit: 0 it is what was recorded then, or nothing was to hold it against; 1 it differs; 2 "
        "wrong use or a bad file.");
}

void addLoad(CLI::App& root, LoadArguments& arguments)
{
    auto& app = *root.add_subcommand(
        "load", "make a load of the arrivals of a recorded run, for another run to meet");
    addRunName(app, "session", arguments.side, "a session, or one run of it; else its newest")
        ->required();
    addParsed(app, "--from", arguments.from, readMoment,
              "a time since the run's start (30s) or in UTC; else its start")
        ->type_name("MOMENT");
    addParsed(app, "--to", arguments.to, readMoment, "the same; else its end")->type_name("MOMENT");
    app.add_option("--factor", arguments.query.factor, "times the rate")
        ->check(CLI::Range(LoadQuery::kLeastFactor, LoadQuery::kMostFactor))
        ->type_name("0.5…10")
        ->capture_default_str();
    app.add_option("--out", arguments.out, "save it as this file; else it is only shown")
        ->check(refuseEmpty)
        ->type_name("FILE");
    addChoice(app, "--format", arguments.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl load flaky.db --from 10s --to 22s\n"
        "  musterctl load flaky.db --from 10s --to 22s --factor 2 --out incident.load\n"
        "A workload has it as its load: [[load]] model = \"recorded\", file = \"incident.load\".");
}

void addReplay(CLI::App& root, ReplayArguments& arguments)
{
    auto& app = *root.add_subcommand(
        "replay",
        "play the events of a recorded run again, in a sandbox that reaches nothing outside");
    auto& query = arguments.query;
    addRunName(app, "session", arguments.side, "a session, or one run of it; else its newest")
        ->required();
    app.add_option_function<std::string>(
           "--speed",
           [&query](const std::string& text) {
               query.paused = text == "step";
               const auto speed = parseReplaySpeed(query.paused ? "max" : text);
               if (!speed) {
                   throw CLI::ValidationError("--speed", speed.error().text());
               }
               query.speed = *speed;
           },
           "times that of then; max: as fast as it goes; step: one for each line on standard input")
        ->type_name("0.01…1000|max|step")
        ->default_str("1");
    app.add_option("--type", query.events.type, "only types of this pattern: breaker.*, load.**")
        ->type_name("PATTERN");
    app.add_option("--source", query.events.source, "only of this source")->type_name("SOURCE");
    app.add_option("--text", query.events.text, "only with these words")->type_name("TEXT");
    addParsed(app, "--from", arguments.from, readMoment,
              "a time since the run's start (30s) or in UTC; else its start")
        ->type_name("MOMENT");
    addParsed(app, "--to", arguments.to, readMoment, "the same; else its end")->type_name("MOMENT");
    app.add_option("--workload", arguments.workload,
                   "with the agents of this file, which do the work of then again: what came comes "
                   "again, and calls take and end as they did")
        ->check(refuseEmpty)
        ->type_name("FILE");
    addChoice(app, "--format", arguments.format, kLineFormats,
              "a table for people, or JSON lines that end with the summary");
    app.footer(
        "Examples:\n"
        "  musterctl replay flaky.db --type 'breaker.*' --speed 4\n"
        "  musterctl replay flaky.db --from 10s --to 22s --speed max --format jsonl\n"
        "  musterctl replay flaky.db --speed step\n"
        "Lines on standard input steer it: an empty one or step N, pause, resume, speed 10, stop. "
        "The same\nevents give the same hash, at any speed. Into a run that goes on: replay.start, "
        "as a line to\nmusterctl run or in the console.");
}

void addCompare(CLI::App& root, CompareArguments& arguments)
{
    auto& app = *root.add_subcommand(
        "compare",
        "compare two runs, or two ranges of one, metric by metric: effect, interval, verdict");
    addRunName(app, "a", arguments.a, "what to compare with: a session, or one run of it")
        ->required();
    addRunName(app, "b", arguments.b, "what is compared; left out: A, in another range");
    addParsed(app, "--range-a", arguments.a.range, readRange,
              "of A only FROM..TO: since the run's start (10s..40s) or times in UTC")
        ->type_name("RANGE");
    addParsed(app, "--range-b", arguments.b.range, readRange, "the same of B")->type_name("RANGE");
    app.add_option("--metric", arguments.query.metrics, "this one only; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--least", arguments.leastPercent,
                   "a change of fewer percent than this is no difference")
        ->check(CLI::Range(0.0, 1000.0))
        ->type_name("PERCENT")
        ->capture_default_str();
    addNumber(app, "--seed", arguments.query.seed, "of the resampling")->default_str("1");
    app.add_option("--fail-on", arguments.failOn, "exit with 1 when a metric has this verdict")
        ->check(CLI::IsMember({"worse", "changed"}))
        ->type_name("worse|changed");
    app.add_flag("--all", arguments.all, "show also what shows no difference");
    addChoice(app, "--format", arguments.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl compare before.db after.db --fail-on worse\n"
        "  musterctl compare shop.db:1 shop.db:2 --format json\n"
        "  musterctl compare shop.db --range-a 0s..30s --range-b 30s..60s\n"
        "Exit: 0 they were compared; 1 a metric is worse and --fail-on says so; 2 wrong use or a "
        "bad file.");
}

void addReport(CLI::App& root, ReportArguments& arguments, std::uint32_t& run)
{
    auto& app = *root.add_subcommand(
        "report", "one file about a run: totals, charts, changes and their effects, errors");
    addRunName(app, "session", arguments.run, "the session; its last run, or the one named")
        ->required();
    addNumber(app, "--run", run, "of this run; 0: as named, or the last one");
    addParsed(app, "--range", arguments.run.range, readRange,
              "only FROM..TO: since the run's start (10s..40s) or times in UTC")
        ->type_name("RANGE");
    app.add_option_function<std::string>(
           "--against",
           [&arguments](const std::string& text) {
               auto [file, of] = readRunName(text);
               arguments.against = CompareSide{.file = std::move(file), .run = of, .range = {}};
           },
           "compare with this run: what was before")
        ->check(refuseEmpty)
        ->type_name("FILE[:RUN]");
    addChoice(app, "--format", arguments.format, kReportFormats,
              "a page that loads nothing, Markdown, or JSON");
    app.add_flag("--causes", arguments.causes,
                 "print only the changes with their effects; text, or JSON with --format json");
    app.add_option("--out", arguments.out, "into this file instead of standard output")
        ->check(refuseEmpty)
        ->type_name("FILE");
    app.footer(
        "Examples:\n"
        "  musterctl report shop.db --out shop.html\n"
        "  musterctl report after.db --against before.db --format markdown\n"
        "  musterctl report shop.db --causes");
}

}  // namespace muster::ctl
