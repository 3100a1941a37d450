// SPDX-License-Identifier: Apache-2.0
#include "events/agent_runs.h"

#include <charconv>

namespace muster {

namespace {

/// How many of `ids` from `from` on make one run.
AgentRun runAt(std::span<const AgentId> ids, std::size_t from)
{
    AgentRun run{.first = ids[from]};
    if (from + 1 == ids.size()) {
        return run;
    }
    // Down, where the next slot is the one below.
    run.down = ids[from + 1].slot + 1 == run.first.slot;
    while (from + run.count < ids.size() && ids[from + run.count] == run.at(run.count)) {
        ++run.count;
    }
    run.down = run.down && run.count > 1;
    return run;
}

void append(std::string& text, const AgentRun& run)
{
    if (!text.empty()) {
        text += ' ';
    }
    text += AgentIdText(run.first).view();
    if (run.count > 1) {
        text += run.down ? '-' : '*';
        text += std::to_string(run.count);
    }
}

}  // namespace

AgentRunsText agentRunsText(std::span<const AgentId> ids)
{
    AgentRunsText out;
    for (std::size_t runs = 0; out.agents < ids.size() && runs < AgentRunsText::kMostRuns; ++runs) {
        const AgentRun run = runAt(ids, out.agents);
        append(out.text, run);
        out.agents += run.count;
    }
    return out;
}

bool visitAgentRuns(std::string_view text, const std::function<void(const AgentRun&)>& visit)
{
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size() == text.size() ? text.size() : word.size() + 1);
        const std::size_t mark = word.find_first_of("*-");
        const auto first = parseAgentId(word.substr(0, mark));
        if (!first) {
            return false;
        }
        AgentRun run{.first = *first};
        if (mark != std::string_view::npos) {
            const char* begin = word.data() + mark + 1;
            const char* end = word.data() + word.size();
            const auto [at, error] = std::from_chars(begin, end, run.count);
            run.down = word[mark] == '-';
            const std::uint64_t room =
                run.down ? std::uint64_t{first->slot} + 1 : (std::uint64_t{1} << 32) - first->slot;
            if (error != std::errc() || at != end || run.count == 0 || run.count > room) {
                return false;
            }
        }
        visit(run);
    }
    return true;
}

}  // namespace muster
