// SPDX-License-Identifier: Apache-2.0
#include "api/internal/past_agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "api/internal/text_terms.h"

namespace muster {

namespace {

using Agent = AgentRoll::Agent;
using Term = std::function<bool(const Agent&)>;

const std::string kNotKept = "not recorded of single agents";

[[nodiscard]] std::string_view stateOf(const Agent& agent)
{
    return agent.suspended ? "suspended" : "ready";
}

[[nodiscard]] Result<Term> parseTerm(const std::string& term)
{
    const auto colon = term.find(':');
    if (colon == std::string::npos) {
        return Term(
            [term](const Agent& agent) { return agent.name.find(term) != std::string::npos; });
    }
    const std::string key = term.substr(0, colon);
    auto wanted = splitList(std::string_view(term).substr(colon + 1));
    if (key == "name") {
        return Term([wanted](const Agent& agent) { return matchesAny(wanted, agent.name); });
    }
    if (key == "type") {
        return Term([wanted](const Agent& agent) { return matchesAny(wanted, agent.type); });
    }
    if (key == "state") {
        return Term([wanted](const Agent& agent) {
            // Who was at work is not recorded: ready stands for busy too.
            return matchesAny(wanted, stateOf(agent)) ||
                   (!agent.suspended && matchesAny(wanted, "busy"));
        });
    }
    if (key == "id") {
        return Term([wanted](const Agent& agent) {
            return std::ranges::find(wanted, toString(agent.id)) != wanted.end();
        });
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("\"{}:\" is not recorded of single agents", key),
                 {},
                 "Of a past moment filter by name:, type:, state: or id:, or go back to live"};
}

[[nodiscard]] Result<std::vector<Term>> parseTerms(std::string_view text)
{
    std::vector<Term> terms;
    while (!text.empty()) {
        const auto space = std::min(text.find(' '), text.size());
        if (space > 0) {
            auto term = parseTerm(std::string(text.substr(0, space)));
            if (!term) {
                return term.error();
            }
            terms.push_back(*std::move(term));
        }
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return terms;
}

/// Of columns that are not known then the order is that of the ids.
[[nodiscard]] bool before(const Agent& a, const Agent& b, AgentColumn column)
{
    switch (column) {
        case AgentColumn::name:
            return a.name != b.name ? a.name < b.name : a.id < b.id;
        case AgentColumn::type:
            return a.type != b.type ? a.type < b.type : a.id < b.id;
        case AgentColumn::state:
            return a.suspended != b.suspended ? a.suspended < b.suspended : a.id < b.id;
        default:
            return a.id < b.id;
    }
}

[[nodiscard]] AgentRow toRow(const Agent& agent)
{
    AgentRow row;
    row.id = agent.id;
    row.name = agent.name;
    row.type = std::string(agent.type);
    row.state = std::string(stateOf(agent));
    row.rate = row.oldest = row.p50 = row.p99 = {0, kNotKept};
    return row;
}

}  // namespace

Result<AgentPage> pastAgents(const AgentRoll& roll, const AgentQuery& query, WallTime at)
{
    const auto terms = parseTerms(query.filter);
    if (!terms) {
        return terms.error();
    }
    AgentPage page{.total = roll.totals().live,
                   .matching = roll.totals().live,
                   .offset = query.offset,
                   .rows = {},
                   .at = at};
    const bool inOrder = query.sort == AgentColumn::id && !query.descending;
    if (terms->empty() && inOrder) {
        // The usual case, in which not every name of a million has to be put together.
        roll.visit(
            [&](const Agent& agent) {
                if (page.rows.size() < query.limit) {
                    page.rows.push_back(toRow(agent));
                }
                return page.rows.size() < query.limit;
            },
            query.offset);
        return page;
    }
    std::vector<Agent> found;
    roll.visit([&](const Agent& agent) {
        if (std::ranges::all_of(*terms, [&agent](const Term& term) { return term(agent); })) {
            found.push_back(agent);
        }
        return true;
    });
    if (!inOrder) {
        std::ranges::sort(found, [&query](const Agent& a, const Agent& b) {
            return query.descending ? before(b, a, query.sort) : before(a, b, query.sort);
        });
    }
    page.matching = found.size();
    const auto first = std::min<std::size_t>(query.offset, found.size());
    const auto last = std::min<std::size_t>(first + query.limit, found.size());
    for (std::size_t i = first; i < last; ++i) {
        page.rows.push_back(toRow(found[i]));
    }
    return page;
}

Result<AgentDetail> pastAgent(const AgentRoll& roll, AgentId id)
{
    const auto agent = roll.find(id);
    if (!agent) {
        return Error{ErrorCode::notFound,
                     "the agent " + toString(id) + " did not live then",
                     {},
                     "Choose another, or another moment"};
    }
    AgentDetail detail;
    detail.row = toRow(*agent);
    detail.stateJson = R"({"not_available":"the state of single agents is not recorded"})";
    detail.messagesNote = "Messages of single agents are not recorded; its events are on Events.";
    return detail;
}

}  // namespace muster
