// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/metrics_bridge.h"

#include "runtime/internal/core.h"

namespace muster::detail {
namespace {

// Mailboxes are summed up by a scan over all cells, so less often than counters are read.
constexpr std::uint32_t kBeatsPerScan = 10;

}  // namespace

MetricsBridge::MetricsBridge(Core& core, MetricRegistry& registry) : m_core(core)
{
    m_flows = {
        {Count::created, registry.counter("agents.created")},
        {Count::ended, registry.counter("agents.ended")},
        {Count::crashed, registry.counter("agents.crashed")},
        {Count::restarts, registry.counter("agents.restarts")},
        {Count::escalations, registry.counter("agents.escalations")},
        {Count::stalls, registry.counter("agents.stalls")},
        {Count::handled, registry.counter("messages.handled")},
        {Count::asksTimedOut, registry.counter("requests.timed_out")},
    };
    for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(DropCause::count); ++i) {
        const auto cause = static_cast<DropCause>(i);
        const auto count = static_cast<Count>(static_cast<std::uint8_t>(Count::droppedFirst) + i);
        m_flows.push_back(
            {count, cause == DropCause::lateReply
                        ? registry.counter("requests.late")
                        : registry.counter("messages.dropped", {{"cause", toString(cause)}})});
    }
    m_live = registry.gauge("agents.live");
    for (const AgentState state : {AgentState::initializing, AgentState::ready, AgentState::busy,
                                   AgentState::suspended, AgentState::terminating}) {
        m_levels.push_back({registry.gauge("agents." + std::string(toString(state))),
                            static_cast<std::size_t>(state)});
    }
    m_waiting = registry.gauge("mailbox.waiting");
    m_oldest = registry.gauge("mailbox.oldest");
    m_timer = core.scheduler->every("runtime metrics", kPeriod, [this] { flush(); });
}

MetricsBridge::~MetricsBridge()
{
    m_core.scheduler->cancel(m_timer);
    m_beat = 0;  // the last look is a whole one
    flush();
}

void MetricsBridge::flush()
{
    for (Flow& flow : m_flows) {
        const std::uint64_t now = m_core.contexts.sum(flow.count);
        flow.counter.add(now - flow.seen);
        flow.seen = now;
    }
    const AgentCounts counts = m_core.directory.counts();
    m_live.set(static_cast<double>(counts.live));
    for (const Level& level : m_levels) {
        level.gauge.set(static_cast<double>(counts.byState[level.state]));
    }
    if (m_beat++ % kBeatsPerScan == 0) {
        const Directory::Waiting waiting = m_core.directory.waiting();
        m_waiting.set(static_cast<double>(waiting.messages));
        m_oldest.set(waiting.oldest ? static_cast<double>(waiting.oldest->count()) : 0.0);
    }
}

}  // namespace muster::detail
