// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;
using Proof = PastState::Proof;

[[nodiscard]] std::string_view toString(Proof proof)
{
    return proof == Proof::holds ? "holds" : proof == Proof::differs ? "differs" : "none";
}

[[nodiscard]] std::string proofText(const PastState& state)
{
    switch (state.proof) {
        case Proof::holds:
            return fmt::format("proved: rebuilt as of {} it has the hash {} that was recorded then",
                               muster::toString(state.provedAt), state.recorded);
        case Proof::differs:
            return fmt::format("NOT as it was: as of {} the hash {} was recorded, rebuilt it is {}",
                               muster::toString(state.provedAt), state.recorded, state.rebuilt);
        case Proof::none:
            return state.note;
    }
    return {};
}

void printState(Output& output, const PastState& state, Format format)
{
    const auto document = Json::parse(state.document, nullptr, false);
    if (format == Format::jsonl) {
        output.line(Json{
            {"run", state.run.value},
            {"at", muster::toString(state.at)},
            {"changed_at", muster::toString(state.changedAt)},
            {"changes", state.changes},
            {"hash", state.hash},
            {"proof", toString(state.proof)},
            {"recorded", state.recorded},
            {"rebuilt", state.rebuilt},
            {"note", state.note},
            {"state",
             document}}.dump());
        return;
    }
    output.line(fmt::format("Run {} as of {}: {} changes, the last at {}; {}", state.run.value,
                            muster::toString(state.at), count(state.changes),
                            muster::toString(state.changedAt), proofText(state)));
    if (state.proof != Proof::none && !state.note.empty()) {
        output.line(state.note + ".");
    }
    for (const auto& [part, entries] : document.items()) {
        for (const auto& [key, entry] : entries.items()) {
            if (!entry.is_object()) {
                output.line(
                    fmt::format("{:<14} {:<24} {}", part, key,
                                entry.is_string() ? entry.get<std::string>() : entry.dump()));
                continue;
            }
            const WallTime since{entry["since_ns"].get<std::int64_t>()};
            output.line(fmt::format("{:<14} {:<24} {}  (since {})", part, key,
                                    entry["value"].get<std::string>(), muster::toString(since)));
        }
    }
}

/// One agent of then.
bool printAgent(Output& output, const PastAgent& agent, Format format)
{
    const std::string_view phase = agent.suspended ? "suspended" : "ready";
    if (format == Format::jsonl) {
        output.line(Json{
            {"id", muster::toString(agent.id)},
            {"name", agent.name.empty() ? Json() : Json(agent.name)},
            {"type", agent.type.empty() ? Json() : Json(agent.type)},
            {"state",
             phase}}.dump());
    } else {
        output.line(fmt::format("{:<14} {:<32} {:<16} {}", muster::toString(agent.id),
                                agent.name.empty() ? "-" : agent.name,
                                agent.type.empty() ? "-" : agent.type, phase));
    }
    return !output.closed();
}

}  // namespace

int state(const StateArguments& arguments)
{
    const auto& side = arguments.side.side;
    const auto session = Session::open(side.file);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    PastQuery query{.run = side.run, .at = {}, .sinceStart = {}};
    if (arguments.at) {
        query.at = arguments.at->at;
        query.sinceStart = arguments.at->after;
    }
    Output output;
    PastAgentVisitor agents;
    if (arguments.agents) {
        agents = [&](const PastAgent& agent) {
            return printAgent(output, agent, arguments.format);
        };
    }
    const auto rebuilt = (*session)->stateAt(query, agents);
    if (!rebuilt) {
        complain(rebuilt.error());
        return exitCodeOf(rebuilt.error());
    }
    if (!arguments.agents) {
        printState(output, *rebuilt, arguments.format);
    }
    const int code = finish(output, **session, side.file);
    if (rebuilt->proof == Proof::differs) {
        complain({ErrorCode::corrupt, proofText(*rebuilt), side.file.string(),
                  "Some of what was recorded is gone or was changed"});
        return 1;
    }
    return code;
}

}  // namespace muster::ctl
