// SPDX-License-Identifier: Apache-2.0
#include "api/internal/past.h"

#include <limits>

namespace muster {

namespace {

constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

Result<StoredRun> runOf(SessionReader& reader, const PastQuery& query)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        if (query.run ? run->id == *query.run : run->startedAt <= query.at.value_or(kEver)) {
            return *run;
        }
    }
    if (query.run) {
        return Error{ErrorCode::notFound,
                     "the session has no run " + std::to_string(query.run->value),
                     info->file.string(),
                     "It has " + std::to_string(info->runs.size()) + " of them, from 1"};
    }
    return Error{ErrorCode::notFound, "no run of the session began before that moment",
                 info->file.string(), "Name a later one"};
}

}  // namespace

Result<StoredRun> pastRun(SessionReader& reader, const PastQuery& query)
{
    const auto run = runOf(reader, query);
    if (run && momentOf(*run, query) < run->startedAt) {
        return Error{ErrorCode::notFound, "the run began later than that moment", "",
                     "Name a moment within it"};
    }
    return run;
}

WallTime momentOf(const StoredRun& run, const PastQuery& query)
{
    return query.sinceStart ? run.startedAt + *query.sinceStart : query.at.value_or(kEver);
}

PastState pastState(const StateFold& fold, RunId run, WallTime at)
{
    const FoldPoint& point = fold.shown();
    PastState out;
    out.run = run;
    out.at = at == kEver ? point.at : at;
    out.changedAt = point.at;
    out.changes = point.changes;
    out.document = point.state.document();
    out.hash = point.state.hashText();
    if (!point.whole) {
        out.note = "The first events of the run are gone, so what they told is missing";
    }
    const StateProofs::Proof* proof = fold.proofs().before(at);
    if (proof != nullptr && !proof->rebuilt.empty()) {
        out.provedAt = proof->at;
        out.recorded = proof->recorded;
        out.rebuilt = proof->rebuilt;
        out.proof =
            proof->rebuilt == proof->recorded ? PastState::Proof::holds : PastState::Proof::differs;
    } else if (out.note.empty()) {
        out.note = "No hash was recorded before this moment to hold it against";
    }
    return out;
}

Result<PastState> rebuildState(SessionReader& reader, const PastQuery& query,
                               const PastAgentVisitor& agents)
{
    const auto run = pastRun(reader, query);
    if (!run) {
        return run.error();
    }
    StateFold fold(run->id);
    const auto point = fold.to(reader, momentOf(*run, query), {});
    if (!point) {
        return point.error();
    }
    if (agents) {
        (*point)->state.agents().visit([&agents](const AgentRoll::Agent& agent) {
            return agents({agent.id, agent.name, std::string(agent.type), agent.suspended});
        });
    }
    return pastState(fold, run->id, momentOf(*run, query));
}

}  // namespace muster
