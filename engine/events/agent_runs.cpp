// SPDX-License-Identifier: Apache-2.0
#include "events/agent_runs.h"

#include <charconv>

namespace muster {

namespace {

/// The run that begins at `from`. A million agents that got a name are a million steps here.
AgentRun runAt(std::span<const AgentId> ids, std::size_t from)
{
    constexpr std::uint64_t kSlot = std::uint64_t{1} << 32;
    AgentRun run{.first = ids[from]};
    const std::uint64_t packed = run.first.packed();
    const std::uint64_t next = from + 1 < ids.size() ? ids[from + 1].packed() : packed;
    run.down = next + kSlot == packed;
    const std::uint64_t step = run.down ? std::uint64_t{0} - kSlot : kSlot;
    std::size_t at = from + 1;
    for (std::uint64_t expected = packed + step; at < ids.size() && ids[at].packed() == expected;
         ++at) {
        expected += step;
    }
    run.count = static_cast<std::uint32_t>(at - from);
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
