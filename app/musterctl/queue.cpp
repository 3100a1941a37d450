// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "api/durable_queues.h"
#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kAuthor = "musterctl";
constexpr std::size_t kShown = 60;

[[nodiscard]] std::string dumped(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[nodiscard]] std::string cut(std::string text)
{
    std::ranges::replace(text, '\n', ' ');
    return text.size() <= kShown ? text : text.substr(0, kShown - 1) + "…";
}

[[nodiscard]] Json jsonOf(const QueueRow& queue)
{
    Json json{{"queue", queue.name},      {"paused", queue.paused}, {"ready", queue.ready},
              {"delayed", queue.delayed}, {"held", queue.held},     {"dead", queue.letters},
              {"pushed", queue.pushed},   {"done", queue.done},     {"died", queue.died},
              {"bytes", queue.bytes}};
    json["oldest_ns"] = queue.oldest.known() ? Json(queue.oldest.value) : Json();
    return json;
}

[[nodiscard]] Json jsonOf(const LetterRow& letter)
{
    Json history = Json::array();
    for (const LetterAttempt& attempt : letter.history) {
        history.push_back({{"attempt", attempt.number},
                           {"begun", toString(attempt.begun)},
                           {"ended", toString(attempt.ended)},
                           {"class", attempt.failureClass},
                           {"code", attempt.code},
                           {"message", attempt.message}});
    }
    Json json{{"id", letter.id},
              {"queue", letter.queue},
              {"payload", letter.payload},
              {"key", letter.key},
              {"priority", letter.priority},
              {"attempts", letter.attempts},
              {"pushed", toString(letter.pushedAt)},
              {"died", toString(letter.diedAt)},
              {"cause", letter.died},
              {"class", letter.failureClass},
              {"code", letter.code},
              {"message", letter.message},
              {"state", letter.state},
              {"edits", letter.edits},
              {"history", std::move(history)}};
    if (letter.cause != 0) {
        json["retry_of"] = letter.cause;
    }
    if (letter.retriedAs != 0) {
        json["retried_as"] = letter.retriedAs;
    }
    if (!letter.changedBy.empty()) {
        json["changed_by"] = letter.changedBy;
        json["reason"] = letter.reason;
    }
    return json;
}

void printQueues(Output& output, const std::vector<QueueRow>& queues)
{
    output.line(fmt::format("{:<20} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}  {}", "QUEUE", "READY",
                            "DELAYED", "HELD", "DEAD", "DONE", "OLDEST", ""));
    for (const QueueRow& queue : queues) {
        output.line(fmt::format("{:<20} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}  {}", queue.name,
                                count(queue.ready), count(queue.delayed), count(queue.held),
                                count(queue.letters), count(queue.done),
                                queue.oldest.known() ? duration(queue.oldest.value) : "-",
                                queue.paused ? "paused" : ""));
    }
    if (queues.empty()) {
        output.line("The session has no durable queues.");
    }
}

void printLetters(Output& output, const LetterList& list)
{
    for (const LetterGroupRow& group : list.groups) {
        output.line(fmt::format("{:>9}  {}/{} in {}: {}", count(group.letters), group.failureClass,
                                group.code, group.queue, cut(group.message)));
    }
    if (list.total == 0) {
        output.line("No dead letters.");
        return;
    }
    output.line("");
    output.line(fmt::format("{:>8} {:<14} {:<9} {:>8} {:<12} {:<20} {}", "ID", "QUEUE", "STATE",
                            "ATTEMPTS", "CLASS", "DIED", "PAYLOAD"));
    for (const LetterRow& letter : list.rows) {
        output.line(fmt::format("{:>8} {:<14} {:<9} {:>8} {:<12} {:<20} {}", letter.id,
                                letter.queue, letter.state, letter.attempts, letter.failureClass,
                                toString(letter.diedAt).substr(0, 19) + "Z", cut(letter.payload)));
    }
    if (list.total > list.rows.size()) {
        output.line(fmt::format("{} of {}; --limit N shows more", list.rows.size(), list.total));
    }
}

[[nodiscard]] Result<void> show(Session& session, Output& output, const QueueArguments& arguments,
                                const LetterQuery& query)
{
    const bool json = arguments.format == Format::jsonl;
    if (arguments.verb == "list") {
        const auto queues = session.queues();
        if (!queues) {
            return queues.error();
        }
        for (const QueueRow& queue : json ? *queues : std::vector<QueueRow>()) {
            output.line(dumped(jsonOf(queue)));
        }
        json ? void() : printQueues(output, *queues);
        return {};
    }
    if (arguments.verb == "jobs") {
        const auto jobs = session.jobs({.queue = query.queue.empty() ? query.text : query.queue,
                                        .after = 0,
                                        .limit = query.limit});
        if (!jobs) {
            return jobs.error();
        }
        for (const JobRow& job : *jobs) {
            output.line(json ? dumped({{"id", job.id},
                                       {"state", job.state},
                                       {"priority", job.priority},
                                       {"attempts", job.attempts},
                                       {"pushed", toString(job.pushedAt)},
                                       {"payload", job.payload}})
                             : fmt::format("{:>8} {:<8} {:<7} {:>2}  {}", job.id, job.state,
                                           job.priority, job.attempts, cut(job.payload)));
        }
        return {};
    }
    const auto letters = session.letters(query);
    if (!letters) {
        return letters.error();
    }
    for (const LetterRow& letter : json ? letters->rows : std::vector<LetterRow>()) {
        output.line(dumped(jsonOf(letter)));
    }
    json ? void() : printLetters(output, *letters);
    return {};
}

void say(Output& output, const QueueArguments& arguments, const char* did, std::uint64_t affected)
{
    output.line(
        arguments.format == Format::jsonl
            ? dumped({{"did", did}, {"affected", affected}})
            : fmt::format("{} {} dead letter{}", did, count(affected), affected == 1 ? "" : "s"));
}

[[nodiscard]] Result<void> edit(QueueSurgery& surgery, Output& output,
                                const QueueArguments& arguments, const LetterQuery& query)
{
    if (query.ids.size() != 1) {
        return Error{ErrorCode::invalidArgument, "expected the id of one dead letter", "edit",
                     "For example: musterctl queue edit id:17 --payload '{...}' --db orders.db"};
    }
    std::string payload = arguments.payload;
    if (payload == "-") {
        payload.assign(std::istreambuf_iterator<char>(std::cin), {});
    }
    const auto before = surgery.edit(query.ids.front(), payload, std::string(kAuthor));
    if (!before) {
        return before.error();
    }
    for (const std::string& line : payloadDiff(*before, payload)) {
        output.line(line);
    }
    return {};
}

[[nodiscard]] Result<void> dryRun(QueueSurgery& surgery, Output& output,
                                  const QueueArguments& arguments, const LetterQuery& query)
{
    const auto previews = surgery.dryRun(query, arguments.workload);
    if (!previews) {
        return previews.error();
    }
    if (arguments.workload.empty()) {
        fmt::print(stderr,
                   "What their actions need is not known here: --workload FILE checks it "
                   "too.\n");
    }
    for (const RetryPreview& preview : *previews) {
        std::string findings;
        for (const std::string& finding : preview.findings) {
            findings += (findings.empty() ? "" : "; ") + finding;
        }
        output.line(arguments.format == Format::jsonl
                        ? dumped({{"id", preview.id},
                                  {"passes", preview.passes},
                                  {"findings", preview.findings}})
                        : fmt::format("{:>8}  {}", preview.id,
                                      preview.passes ? "would be tried again" : findings));
    }
    return {};
}

[[nodiscard]] Result<void> operate(Output& output, const QueueArguments& arguments,
                                   const LetterQuery& query)
{
    auto opened = QueueSurgery::open(arguments.database);
    if (!opened) {
        return opened.error();
    }
    QueueSurgery& surgery = **opened;
    const std::string author(kAuthor);
    if (arguments.verb == "pause" || arguments.verb == "resume") {
        const std::string queue = query.queue.empty() ? query.text : query.queue;
        auto done = surgery.pause(queue, arguments.verb == "pause", author);
        if (done) {
            output.line(arguments.format == Format::jsonl
                            ? dumped({{"did", arguments.verb}, {"queue", queue}})
                            : fmt::format("Queue {} {}", queue,
                                          arguments.verb == "pause" ? "paused" : "goes on"));
        }
        return done;
    }
    if (arguments.verb == "edit") {
        return edit(surgery, output, arguments, query);
    }
    if (arguments.verb == "dry-run") {
        return dryRun(surgery, output, arguments, query);
    }
    const bool retries = arguments.verb == "retry";
    const auto done =
        retries ? surgery.retry(query, author) : surgery.discard(query, author, arguments.reason);
    if (!done) {
        return done.error();
    }
    say(output, arguments, retries ? "Retried" : "Discarded", *done);
    return {};
}

}  // namespace

int queue(const QueueArguments& arguments)
{
    auto query = parseLetterQuery(arguments.which);
    if (!query) {
        complain(query.error());
        return kExitUsage;
    }
    query->limit = arguments.limit;
    query->all = arguments.all;
    Output output;
    const bool reads =
        arguments.verb == "list" || arguments.verb == "jobs" || arguments.verb == "dead";
    if (!reads) {
        const auto done = operate(output, arguments, *query);
        if (!done) {
            complain(done.error());
            return exitCodeOf(done.error());
        }
        return finish(output);
    }
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    if (const auto shown = show(**session, output, arguments, *query); !shown) {
        complain(shown.error());
        return exitCodeOf(shown.error());
    }
    return finish(output, **session, arguments.database);
}

}  // namespace muster::ctl
