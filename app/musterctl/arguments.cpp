// SPDX-License-Identifier: Apache-2.0
#include "musterctl/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "api/quantities.h"
#include "musterctl/argument_options.h"
#include "musterctl/history_arguments.h"
#include "musterctl/times.h"

namespace muster::ctl {

namespace {

const std::map<std::string, Format> kFormats{{"table", Format::table}, {"jsonl", Format::jsonl}};
const std::map<std::string, StartConfiguration> kConfigurations{
    {"auto", StartConfiguration::keptAfterCrash},
    {"file", StartConfiguration::file},
    {"kept", StartConfiguration::kept}};
const std::map<std::string, ExportFormat> kExportFormats{{"csv", ExportFormat::csv},
                                                         {"csv-wide", ExportFormat::csvWide},
                                                         {"hdr", ExportFormat::hdrLog},
                                                         {"jsonl", ExportFormat::jsonl},
                                                         {"openmetrics", ExportFormat::openMetrics},
                                                         {"sqlite", ExportFormat::sqlite}};
const std::map<std::string, ExportWhat> kExportWhats{{"metrics", ExportWhat::metrics},
                                                     {"events", ExportWhat::events},
                                                     {"results", ExportWhat::results},
                                                     {"errors", ExportWhat::errors},
                                                     {"session", ExportWhat::session}};

std::string commandReference()
{
    std::string text =
        "Commands on standard input while it runs, one a line (answers on standard "
        "error):\n";
    for (const auto& info : allCommands()) {
        text += fmt::format("  {:<36} {}\n", info.example, info.help);
    }
    return text;
}

/// Everything the options write into until parsing is over.
struct Parsed {
    RunArguments run;
    RunArguments sim;
    std::uint64_t seed = 1;
    CheckArguments check;
    EventsArguments events;
    ExportArguments exported;
    WhatIfArguments whatIf;
    ConfigArguments config;
    StateArguments state;
    LoadArguments load;
    ReplayArguments replay;
    CompareArguments compare;
    ReportArguments report;
    std::uint32_t reportRun = 0;
    QueueArguments queue;
    std::vector<std::string> queueWhich;
    StreamArguments streams;
    BlackBoxArguments blackBox;
    std::string runsBox;  ///< --black-box of run
    DoctorArguments doctor;
    std::optional<WallTime> from, to;
    std::uint32_t exportRun = 0;
    std::uint32_t whatIfRun = 0;
    const CLI::Option* exportFormat = nullptr;

    Parsed()
    {
        sim.format = Format::jsonl;
        blackBox.directory = defaultBlackBox().boxes;
        for (auto* query : {&events.query, &exported.query.events}) {
            query->newestFirst = false;
            query->limit = 0;
        }
    }
};

void addRunOptions(CLI::App& app, RunArguments& arguments)
{
    auto& engine = arguments.engine;
    app.add_option("file", engine.workloadFile, "the workload (TOML)")
        ->required()
        ->check(refuseEmpty)
        ->type_name("FILE");
    addParsed(app, "--for", engine.runFor, parseDuration,
              "the longest it runs (30s, 5min, 1h); a finite input may end it sooner")
        ->type_name("TIME");
    app.add_option("--db", engine.database,
                   "record into this session; made when missing, else a run is added")
        ->check(refuseEmpty)
        ->type_name("FILE");
    app.add_option("--set", engine.overrides, "set a key of the file: input.path=/usr/share/doc")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    addChoice(app, "--config", engine.configuration, kConfigurations,
              "of a session that has runs: begin as the file says, with what was kept last, or "
              "with that only when the last run was not closed (auto)");
    addChoice(app, "--format", arguments.format, kFormats,
              "a table for people, or JSON lines that end with the summary");
    app.add_option("--acknowledged", engine.acknowledgedLedger,
                   "append the id of each durable event to this file once it is synced")
        ->check(refuseEmpty)
        ->type_name("FILE");
}

void addRun(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("run", "run a workload without a screen");
    addRunOptions(app, parsed.run);
    app.add_option("--workers", parsed.run.engine.workers, "worker threads; 0: one per core")
        ->check(CLI::Range(0, 1024))
        ->type_name("N");
    app.add_flag("--trust", parsed.run.engine.trusted,
                 "let the file start the processes and reach the network it names");
    app.add_option("--black-box", parsed.runsBox,
                   "the directory for what the run did last, of use when it ends badly; off: none")
        ->default_str(defaultBlackBox().boxes.string())
        ->check(refuseEmpty)
        ->type_name("DIR");
    app.footer(commandReference() +
               "\nExamples:\n"
               "  musterctl run resources/workloads/corpus.toml --db corpus.db\n"
               "  musterctl run resources/workloads/swarm.toml --for 10s --format jsonl\n"
               "Exit: 0 it ran and every expectation held; 1 it failed or one did not; "
               "2 wrong use or a bad file.");
}

void addSim(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("sim", "run a workload under virtual time, from a seed");
    addRunOptions(app, parsed.sim);
    addNumber(app, "--seed", parsed.seed, "the same seed gives the same events, byte by byte")
        ->default_str("1");
    app.footer(
        "Example:\n"
        "  musterctl sim resources/workloads/swarm.toml --seed 7 --for 1h --db sim.db");
}

void addCheck(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("check", "check a workload file; nothing is started");
    app.add_option("file", parsed.check.file, "the workload (TOML)")->required()->type_name("FILE");
    app.add_option("--set", parsed.check.overrides, "set a key of the file first")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    addChoice(app, "--format", parsed.check.format, kFormats, "for people, or JSON");
    app.footer(
        "Example:\n  musterctl check resources/workloads/corpus.toml\n"
        "Exit: 0 it is right; 2 it is not, every mistake with its line.");
}

void addRange(CLI::App& app, Parsed& parsed)
{
    addParsed(app, "--from", parsed.from, readTime,
              "from this time on, UTC: 2026-11-20T14:02:03Z or 2026-11-20")
        ->type_name("TIME");
    addParsed(app, "--to", parsed.to, readTime, "before this time")->type_name("TIME");
}

void addEventFilter(CLI::App& app, EventQuery& query)
{
    app.add_option("--type", query.type, "pattern of types: agent.*, load.**, action.failed")
        ->type_name("PATTERN");
    app.add_option("--source", query.source, "of this source only")->type_name("SOURCE");
    app.add_option("--text", query.text,
                   "words that occur in type, source or data: fail* begins one, *fail* is in one")
        ->type_name("TEXT");
    addNumber(app, "--limit", query.limit, "at most this many; 0: all");
}

void addEvents(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("events", "print the events of a session, oldest first");
    addDatabase(app, parsed.events.database);
    addEventFilter(app, parsed.events.query);
    addRange(app, parsed);
    app.add_flag("--newest", parsed.events.query.newestFirst, "newest first");
    addChoice(app, "--format", parsed.events.format, kFormats,
              "a table for people, or one JSON object a line");
    app.footer(
        "Examples:\n"
        "  musterctl events --db corpus.db --type 'agent.*' --limit 20\n"
        "  musterctl events --db corpus.db --text timeout --format jsonl");
}

void addExport(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand(
        "export", "write what a session holds: CSV, JSON Lines, OpenMetrics, or a copy of it");
    auto& query = parsed.exported.query;
    addChoice(app, "what", query.what, kExportWhats, "what to write")->required();
    addDatabase(app, parsed.exported.database);
    parsed.exportFormat =
        addChoice(app, "--format", query.format, kExportFormats,
                  "how it is written; csv-wide (a column for each series), openmetrics and hdr "
                  "(HdrHistogram's log) are for metrics, sqlite is a copy of the session while it "
                  "may be written to");
    app.add_option("--out", parsed.exported.out, "into this file instead of standard output")
        ->check(refuseEmpty)
        ->type_name("FILE");
    addNumber(app, "--run", parsed.exportRun, "of this run only; 0: of every run");
    app.add_option("--metric", query.metrics,
                   "of metrics: this one only, all its series or one: NAME{action=digest}; may be "
                   "repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    addEventFilter(app, query.events);
    addRange(app, parsed);
    app.footer(
        "Examples:\n"
        "  musterctl export results --db corpus.db --format csv\n"
        "  musterctl export metrics --db corpus.db --metric agents.live --out live.csv\n"
        "  musterctl export metrics --db corpus.db --format openmetrics --out corpus.om\n"
        "  musterctl export session --db corpus.db --out copy.db");
}

void addWhatIf(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand(
        "whatif",
        "what a limiter or circuit breaker with other settings would have done with recorded "
        "calls");
    auto& query = parsed.whatIf.query;
    addDatabase(app, parsed.whatIf.database);
    app.add_option("--service", query.service, "the service it protects")
        ->required()
        ->type_name("NAME");
    app.add_option("--set", query.settings, "a setting of the service; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    addNumber(app, "--run", parsed.whatIfRun, "of this run; 0: of the last one");
    addRange(app, parsed);
    addChoice(app, "--format", parsed.whatIf.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl whatif --db flaky.db --service shop --set breaker.failure_rate=30%\n"
        "  musterctl whatif --db flaky.db --service shop --set limiter.rate=50/s \\\n"
        "    --from 2026-11-20T14:02:03Z --to 2026-11-20T14:02:13Z");
}

void addConfig(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand(
        "config", "the versions of all that was set while runs went on, and which is in force");
    addDatabase(app, parsed.config.database);
    addNumber(app, "--version", parsed.config.version, "show this one whole; 0: a line each");
    app.add_option("--diff", parsed.config.between, "what differs between two versions")
        ->expected(2)
        ->type_name("A B");
    addChoice(app, "--format", parsed.config.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl config --db flaky.db\n"
        "  musterctl config --db flaky.db --diff 1 3\n"
        "config.rollback N, as a line to musterctl run or in the console, goes back to one.");
}

void addQueue(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("queue", "durable queues and dead letters of a session");
    auto& queue = parsed.queue;
    app.add_option("VERB", queue.verb,
                   "list: the queues; jobs: those not done; dead: the dead letters, by cause; what "
                   "is done to them: retry, edit, dry-run, discard; pause and resume a queue")
        ->check(CLI::IsMember(
            {"list", "jobs", "dead", "retry", "edit", "dry-run", "discard", "pause", "resume"}));
    app.add_option("WHICH", parsed.queueWhich,
                   "a queue, or dead letters: '*', id:17,18, queue:orders, class:network, "
                   "code:timed_out, words");
    addDatabase(app, queue.database);
    app.add_option("--payload", queue.payload, "of edit: what it shall be; -: standard input")
        ->type_name("TEXT");
    app.add_option("--reason", queue.reason, "of discard: why, for the record that remains")
        ->type_name("TEXT");
    app.add_option("--workload", queue.workload,
                   "of dry-run: checks payloads against the actions of this file too");
    addNumber(app, "--limit", queue.limit, "rows at most");
    app.add_flag("--all", queue.all, "of dead: those that were retried or discarded too");
    addChoice(app, "--format", queue.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n"
        "  musterctl queue list --db orders.db\n"
        "  musterctl queue dead class:application --db orders.db --format jsonl\n"
        "  musterctl queue edit id:17 --payload '1017,lamp,2,Bern' --db orders.db\n"
        "  musterctl queue dry-run id:17 --db orders.db --workload orders.toml\n"
        "  musterctl queue retry id:17 --db orders.db\n"
        "  musterctl queue discard code:unavailable --reason 'test data' --db orders.db\n"
        "  musterctl queue pause orders --db orders.db\n"
        "While a run writes to the session, it takes the same as lines on its standard input:\n"
        "queue.pause, queue.push, dead.retry, dead.edit, dead.dry_run, dead.discard.");
}

/// What is done to dead letters is done to those that were named.
void completeQueue(const CLI::App& app, Parsed& parsed)
{
    QueueArguments& queue = parsed.queue;
    for (const std::string& word : parsed.queueWhich) {
        queue.which += (queue.which.empty() ? "" : " ") + word;
    }
    const bool reads = queue.verb == "list" || queue.verb == "jobs" || queue.verb == "dead";
    if (app.got_subcommand("queue") && !reads && queue.which.empty()) {
        throw CLI::ValidationError("WHICH", "name what is meant; '*' is all of them");
    }
    if (app.got_subcommand("queue") && queue.verb == "discard" && queue.reason.empty()) {
        throw CLI::ValidationError("--reason", "say why, for the record that remains");
    }
    if (app.got_subcommand("queue") && queue.verb == "edit" && queue.payload.empty()) {
        throw CLI::ValidationError("--payload", "say what the payload shall be");
    }
}

void addStreams(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("streams", "print a session's streams, or one of them");
    auto& streams = parsed.streams;
    app.add_option("name", streams.name, "the stream; without it all are listed")
        ->type_name("STREAM");
    addDatabase(app, streams.database);
    app.add_option("--from", streams.from, "from this version on")->type_name("VERSION");
    addNumber(app, "--limit", streams.limit, "at most this many events; 0: all");
    addChoice(app, "--format", streams.format, kFormats, "for people, or JSON lines");
    app.footer(
        "Examples:\n  musterctl streams --db shop.db\n"
        "  musterctl streams order-17 --db shop.db --from 3\n"
        "While a run writes to the session, stream.append on its standard input appends.");
}

void addBlackBox(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand(
        "blackbox", "what runs did last, also of those that were killed or crashed");
    auto& box = parsed.blackBox;
    app.add_option("verb", box.verb, "list, or save: make a session of one")
        ->check(CLI::IsMember({"list", "save"}))
        ->type_name("VERB");
    app.add_option("box", box.box, "of save: the box; may be left out when there is only one")
        ->check(refuseEmpty)
        ->type_name("FILE");
    app.add_option("--out", box.out, "of save: the session that is made")
        ->check(refuseEmpty)
        ->type_name("FILE");
    app.add_option("--dir", box.directory, "where the boxes are")
        ->default_str(box.directory.string())
        ->check(refuseEmpty)
        ->type_name("DIR");
    addChoice(app, "--format", box.format, kFormats, "for people, or JSON lines");
    app.footer(
        "Examples:\n  musterctl blackbox\n"
        "  musterctl blackbox save --out last.db     of a run that hangs, too\n"
        "  muster last.db\n"
        "The next run that starts makes sessions of the boxes that were left, by itself.");
}

void addDoctor(CLI::App& root, Parsed& parsed)
{
    auto& app = *root.add_subcommand("doctor", "look at the machine, start an engine and time it");
    app.add_flag("--reference", parsed.doctor.reference,
                 "print every event type, metric and command instead");
    app.add_option("--db", parsed.doctor.database,
                   "open this session too: made when missing, else a run is added")
        ->check(refuseEmpty)
        ->type_name("FILE");
    addChoice(app, "--format", parsed.doctor.format, kFormats, "for people, or JSON");
    app.footer(
        "Examples:\n  musterctl doctor\n  musterctl doctor --db trial.db\n"
        "  musterctl doctor --reference --format jsonl");
}

/// A range that holds nothing is a mistake, not an empty answer.
void checkRange(const Parsed& parsed)
{
    if (parsed.from && parsed.to && *parsed.from > *parsed.to) {
        throw CLI::ValidationError("--from", "it is later than --to");
    }
}

/// A copy is all there is of formats for a session, and needs a file.
void completeExport(Parsed& parsed)
{
    ExportArguments& exported = parsed.exported;
    const bool copy = exported.query.what == ExportWhat::session;
    if (copy && parsed.exportFormat->count() == 0) {
        exported.query.format = ExportFormat::sqlite;
    }
    if (exported.query.what != ExportWhat::events && exported.query.events.limit != 0) {
        throw CLI::ValidationError("--limit",
                                   "only events are limited to a number; leave it out, or cut to a "
                                   "time, run or metric with --from, --to, --run, --metric");
    }
    if (copy && !exported.out) {
        throw CLI::ValidationError("--out", "a copy of a session needs the name of a file");
    }
}

/// A run beside itself shows nothing.
void completeCompare(CompareArguments& compare)
{
    if (compare.b.side.file.empty()) {
        compare.b.side = compare.a.side;
        if (!compare.a.side.file.empty() && !compare.a.range && !compare.b.range) {
            throw CLI::ValidationError(
                "b", "a second session or run is missing, or --range-a and --range-b of the one");
        }
    }
}

[[nodiscard]] Arguments chosen(const CLI::App& app, Parsed& parsed)
{
    if (parsed.from || parsed.to) {
        constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
        const TimeRange range{parsed.from.value_or(WallTime{0}),
                              parsed.to.value_or(WallTime{kLast})};
        parsed.events.query.range = range;
        parsed.exported.query.range = range;
        parsed.whatIf.query.range = range;
    }
    if (parsed.exportRun != 0) {
        parsed.exported.query.run = RunId{parsed.exportRun};
    }
    if (parsed.whatIfRun != 0) {
        parsed.whatIf.query.run = RunId{parsed.whatIfRun};
    }
    parsed.sim.engine.simulationSeed = parsed.seed;
    if (app.got_subcommand("run")) {
        if (parsed.runsBox != "off") {
            auto& settings = parsed.run.engine.blackBox.emplace(defaultBlackBox());
            if (!parsed.runsBox.empty()) {
                settings.boxes = settings.bundles = parsed.runsBox;
            }
        }
        return parsed.run;
    }
    if (app.got_subcommand("streams")) {
        return parsed.streams;
    }
    if (app.got_subcommand("blackbox")) {
        return parsed.blackBox;
    }
    if (app.got_subcommand("sim")) {
        return parsed.sim;
    }
    if (app.got_subcommand("check")) {
        return parsed.check;
    }
    if (app.got_subcommand("events")) {
        return parsed.events;
    }
    if (app.got_subcommand("whatif")) {
        return parsed.whatIf;
    }
    if (app.got_subcommand("config")) {
        return parsed.config;
    }
    if (app.got_subcommand("state")) {
        return parsed.state;
    }
    if (app.got_subcommand("load")) {
        return parsed.load;
    }
    if (app.got_subcommand("replay")) {
        return parsed.replay;
    }
    if (app.got_subcommand("compare")) {
        return parsed.compare;
    }
    if (parsed.reportRun != 0) {
        parsed.report.run.side.run = RunId{parsed.reportRun};
    }
    if (app.got_subcommand("report")) {
        return parsed.report;
    }
    if (app.got_subcommand("queue")) {
        return parsed.queue;
    }
    return app.got_subcommand("export") ? Arguments(parsed.exported) : Arguments(parsed.doctor);
}

}  // namespace

Arguments parseArguments(int argc, char** argv)
{
    CLI::App app("Muster: run agents under load, see what they do, keep the history.", "musterctl");
    app.set_version_flag("--version", "musterctl " + buildDescription());
    app.require_subcommand(1);
    app.get_formatter()->column_width(28);
    app.footer(
        "Example:\n  musterctl run resources/workloads/corpus.toml --db corpus.db\n"
        "Each subcommand has --help with examples.");
    Parsed parsed;
    addRun(app, parsed);
    addSim(app, parsed);
    addCheck(app, parsed);
    addEvents(app, parsed);
    addExport(app, parsed);
    addWhatIf(app, parsed);
    addConfig(app, parsed);
    addState(app, parsed.state);
    addLoad(app, parsed.load);
    addReplay(app, parsed.replay);
    addCompare(app, parsed.compare);
    addReport(app, parsed.report, parsed.reportRun);
    addQueue(app, parsed);
    addStreams(app, parsed);
    addBlackBox(app, parsed);
    addDoctor(app, parsed);
    try {
        app.parse(argc, argv);
        checkRange(parsed);
        completeExport(parsed);
        completeCompare(parsed.compare);
        completeQueue(app, parsed);
    } catch (const CLI::ParseError& error) {
        return Exit{app.exit(error) == 0 ? kExitOk : kExitUsage};
    }
    return chosen(app, parsed);
}

}  // namespace muster::ctl
