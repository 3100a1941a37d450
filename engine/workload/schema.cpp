// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "documents/json_schema.h"
#include "storage/capture_policy.h"
#include "workload/internal/queue_schema.h"
#include "workload/internal/session_schema.h"
#include "workload/resource_setting.h"
#include "workload/workload.h"

namespace muster {

namespace {

constexpr double kMostAgents = 10'000'000;
constexpr double kMostQueue = 65'536;
constexpr double kMostRate = 1e9;
constexpr double kMostOutstanding = 10'000'000;
constexpr double kMostConnections = 1024;
constexpr double kLeastFactor = 0.01;
constexpr double kMostFactor = 100;

std::string notAvailable(const char* what)
{
    return std::string(what) + " not available in this version";
}

Schema text(std::string help)
{
    return schema::of(SchemaType::text, std::move(help));
}

/// Names stand in metrics, events and file names of exports.
Schema name(std::string help)
{
    Schema made = text(std::move(help));
    made.pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$";
    made.rule = [](std::string_view word) -> std::optional<std::string> {
        const auto fits = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        };
        const bool ok = !word.empty() && word.size() <= 64 && fits(word.front()) &&
                        std::all_of(word.begin(), word.end(), [&](char c) {
                            return fits(c) || c == '_' || c == '-' || c == '.';
                        });
        return ok ? std::nullopt
                  : std::optional<std::string>("a name of letters, digits, \"_\", \"-\" and \".\"");
    };
    return made;
}

Schema workloadTable()
{
    return schema::table(
        {schema::required("name", name("the workload's name, as sessions and reports show it")),
         schema::optional("description", text("one sentence for the start page"))},
        "what this workload is");
}

Schema agentsTable()
{
    auto type = schema::choice({"task"}, "the kind of agent; \"task\" performs one action");
    auto made = schema::table(
        {schema::standard("type", std::move(type), Value("task")),
         schema::required("name", name("the group's name; its agents are <name>-1, <name>-2, …")),
         schema::standard("count",
                          schema::of(SchemaType::integer, "how many agents").range(1, kMostAgents),
                          Value(1)),
         schema::required("action", text("the action they perform: a key of [actions]")),
         schema::optional("then", text("the group, further down, whose agents go on with each "
                                       "result: {item.text}, {item.item} for what it was made "
                                       "of")),
         schema::optional("takes", text("the queue that its jobs come from, a key of [queues]: the "
                                        "input is put into it")),
         schema::standard("queue",
                          schema::of(SchemaType::integer,
                                     "jobs one agent may have, the one it works on included")
                              .range(1, kMostQueue),
                          Value(8)),
         schema::optional("deadline",
                          schema::of(SchemaType::duration,
                                     "of an item, from when it was due, with all that follows it "
                                     "in other groups; too late it is not begun")
                              .range(1, std::nullopt)),
         schema::optional("lifetime",
                          schema::of(SchemaType::duration,
                                     "how long one lives: it then ends its work and is replaced")
                              .range(100e6, std::nullopt)),
         schema::standard("priority",
                          schema::choice({"normal", "low"},
                                         "low: agents over the quota are ended when memory, "
                                         "agents or mail run short"),
                          Value("normal")),
         schema::optional("quota", schema::of(SchemaType::integer,
                                              "of low priority: agents it keeps under pressure")
                                       .range(0, kMostAgents)),
         schema::optional("capabilities",
                          schema::list(text("a capability"), "what they can do, to be found by")),
         schema::optional("attributes",
                          schema::map(text("a value"), "anything else to be found by"))},
        "a group of agents that do the same");
    return made;
}

Schema actionTable(const ActionRegistry& registry)
{
    std::vector<std::string> kinds;
    for (const auto& info : registry.all()) {
        kinds.push_back(info.kind);
    }
    auto made = schema::table(
        {schema::required("kind", schema::choice(std::move(kinds), "what it does")),
         schema::optional("timeout",
                          schema::of(SchemaType::duration, "a call that takes longer has failed")
                              .range(1, std::nullopt)),
         schema::optional("capability", text("agents that perform it must have this capability")),
         schema::optional("service", text("the service it calls, which protects it: a key of "
                                          "[services]")),
         schema::optional("fallback", text("the action that answers when this one has failed"))},
        "an action");
    made.decidedBy = "kind";
    for (const auto& info : registry.all()) {
        made.variants.push_back({info.kind, info.parameters});
    }
    for (const char* key : {"retry", "breaker", "limiter", "bulkhead", "deadline", "adaptive"}) {
        made.reserved.push_back(
            {key, "belongs to a service: [services.NAME], named by the action's service"});
    }
    return made;
}

Schema inputTable()
{
    auto made = schema::table(
        {schema::standard("kind",
                          schema::choice({"none", "tree", "lines", "csv", "jsonl", "links"},
                                         "where the items come from, one for each job"),
                          Value("none"))},
        "what the agents work through");
    made.decidedBy = "kind";
    const auto path = schema::required("path", text("the file; from the working directory"));
    const auto exclude = schema::optional(
        "exclude",
        schema::list(text("a name"), "names of files and directories left out wherever they are"));
    made.variants = {
        {"tree",
         {schema::standard("path", text("the directory; from the working directory"), Value(".")),
          exclude,
          schema::optional("endings",
                           schema::list(text("an ending: .cpp"), "only files whose names end so")),
          schema::standard("items",
                           schema::choice({"files", "directories"}, "what of the tree is an item"),
                           Value("files"))}},
        {"links",
         {schema::standard("path",
                           text("the directory of .html, .htm and .md pages, whose links "
                                "to each other are the items"),
                           Value(".")),
          exclude}},
        {"lines", {path}},
        {"csv",
         {path,
          schema::standard("header",
                           schema::of(SchemaType::boolean, "the first row names the columns"),
                           Value(true)),
          schema::optional("field", text("the column that is the item, by name, or by number "
                                         "from 1 without a header; else the whole row"))}},
        {"jsonl",
         {path, schema::optional("field", text("the key whose value is the item; else the whole "
                                               "row"))}}};
    return made;
}

Schema target(SchemaType type, std::string help)
{
    return schema::of(type, std::move(help)).range(0, kMostRate);
}

Schema::Variant loadVariant(const char* model, const char* constant, SchemaType type,
                            const char* what)
{
    const auto stage = schema::table(
        {schema::required("for", schema::of(SchemaType::duration, "how long it takes")),
         schema::required("to", target(type, std::string(what) + " at its end"))},
        "a straight way to a target; \"0s\" is a step");
    return {
        model,
        {schema::optional(constant, target(type, std::string(what) + ", for ever")),
         schema::optional("start", target(type, std::string(what) + " before the first stage")),
         schema::optional("stages", schema::list(stage, "one after the other").range(1, 1000))}};
}

Schema loadTable()
{
    auto made = schema::table(
        {schema::standard("model",
                          schema::choice({"open", "closed", "recorded"},
                                         "open: arrivals at a rate, answered or not; closed: users "
                                         "that each wait for the answer; recorded: open, each "
                                         "arrival when a file says"),
                          Value("closed")),
         schema::standard(
             "after",
             schema::choice({"stop", "hold"}, "after the last stage: stop, or hold its target"),
             Value("stop")),
         schema::optional("outstanding",
                          schema::of(SchemaType::integer,
                                     "most jobs given out and not answered; else what the agents "
                                     "can take")
                              .range(1, kMostOutstanding))},
        "how much work comes, and when");
    made.decidedBy = "model";
    made.variants = {
        loadVariant("open", "rate", SchemaType::rate, "arrivals per second"),
        loadVariant("closed", "users", SchemaType::integer, "users"),
        {"recorded",
         {schema::required("file", text("a load file, as \"musterctl load\" makes it of a session; "
                                        "from the working directory")),
          schema::standard("factor",
                           schema::of(SchemaType::number, "times the rate of the file")
                               .range(kLeastFactor, kMostFactor),
                           Value(1))}},
    };
    return made;
}

Schema captureTable()
{
    Schema rule = text("all, count, 1/N or N/s");
    rule.pattern = "^(all|count|1/[0-9]+|[0-9]+/s)$";
    rule.rule = [](std::string_view word) -> std::optional<std::string> {
        return CapturePolicy::parseRule("**", word).ok()
                   ? std::nullopt
                   : std::optional<std::string>(R"("all", "count", "1/100" or "500/s")");
    };
    return schema::map(std::move(rule),
                       "what the session keeps of events, by topic or pattern (action.*, load.**)");
}

Schema helperTable()
{
    return schema::table(
        {schema::optional("name", name("its name; else the program's")),
         schema::required(
             "command",
             schema::list(
                 text("an argument; {port} becomes a free port, {input.path} the input's path"),
                 "program and arguments")
                 .range(1, 1000)),
         schema::optional("ready", text("http://127.0.0.1:{port}/ or tcp://127.0.0.1:{port}: the "
                                        "run waits until it answers")),
         schema::standard("ready_within", schema::of(SchemaType::duration, "and no longer"),
                          Value("10s")),
         schema::standard(
             "stop_within",
             schema::of(SchemaType::duration, "between asking it to end and ending it by force"),
             Value("2s"))},
        "a process the run needs: started, awaited, started again when it ends, ended with it");
}

Schema faultTable()
{
    return schema::table(
        {schema::standard("at",
                          schema::of(SchemaType::duration, "after the run, or the stage, began"),
                          Value("0s")),
         schema::optional(
             "stage",
             schema::of(SchemaType::integer, "with this stage of the load, from 1").range(1, 1000)),
         schema::optional("every",
                          schema::of(SchemaType::duration, "and again so often").range(1e6, {})),
         schema::standard("chance", schema::of(SchemaType::share, "that it begins, each time"),
                          Value("100%")),
         schema::optional("for", schema::of(SchemaType::duration,
                                            "how long; not of kill and clock, which happen")
                                     .range(1, {})),
         schema::optional("action", text("of delay, error and hang the action: a key of "
                                         "[actions]")),
         schema::required(
             "fault",
             schema::choice(
                 {"delay", "error", "hang", "kill", "stall", "memory", "disk_full", "clock"},
                 "an action begins later, fails at once, or never ends but by its "
                 "timeout; agents are killed, workers held, memory is taken, the disk "
                 "is full, wall time jumps")),
         schema::optional("value", text("a delay's length (200ms); an error's class: network, "
                                        "timeout, application, rejected; which agents are killed "
                                        "(name:index*); how many workers are held; memory "
                                        "(512MiB); a jump of the clock (+1h)")),
         schema::standard("share",
                          schema::of(SchemaType::share, "of the attempts, or the agents to kill"),
                          Value("100%"))},
        "something that goes wrong on purpose");
}

}  // namespace

Schema workloadSchema(const ActionRegistry& registry)
{
    auto made = schema::table(
        {schema::required("workload", workloadTable()),
         schema::required(
             "agents", schema::list(agentsTable(), "the groups of agents").range(1, std::nullopt)),
         schema::required("actions", schema::map(actionTable(registry), "the actions, by name")),
         schema::optional("services", schema::map(serviceSchema(), "the services, by name")),
         schema::optional("queues", schema::map(queueSchema(), "durable queues, by name")),
         schema::optional("input", inputTable()),
         schema::optional(
             "load",
             schema::list(loadTable(), "the load; without it, one user an agent").range(0, 1)),
         schema::optional(
             "limits",
             schema::table(
                 {schema::optional("agents", schema::of(SchemaType::integer, "live agents")
                                                 .range(1, kMostAgents)),
                  schema::optional("memory",
                                   schema::of(SchemaType::size, "resident memory").range(1, {})),
                  schema::optional("connections_per_host",
                                   schema::of(SchemaType::integer,
                                              "HTTP connections to one host at once; further "
                                              "requests wait for one")
                                       .range(1, kMostConnections))},
                 "what the run may use")),
         schema::optional("resources", resourcesSchema()),
         schema::optional("capture", captureTable()), schema::optional("session", sessionSchema()),
         schema::optional("history", historySchema()),
         schema::optional(
             "expect",
             schema::map(text("a condition: < 1%, <= 50ms, > 100/s"),
                         "checked at the end: failed_share, throughput, dropped, jobs_done, "
                         "dead_letters, "
                         "count, p50, p90, p95, p99, p999, max, or one of them of an "
                         "action: \"digest.p99\"")),
         schema::optional("faults", schema::list(faultTable(), "what goes wrong on purpose")),
         schema::optional("helpers", schema::list(helperTable(), "processes the run needs"))},
        "A Muster workload: agents, what they do, on what, and under which load");
    made.reserved = {{"alerts", notAvailable("alerts are")}};
    return made;
}

std::string publishedWorkloadSchema(const ActionRegistry& registry)
{
    return toJsonSchema(workloadSchema(registry), "Muster workload",
                        "https://muster.example/schema/workload.schema.json");
}

}  // namespace muster
