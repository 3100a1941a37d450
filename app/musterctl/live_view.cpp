// SPDX-License-Identifier: Apache-2.0
#include "musterctl/live_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kRedraw = 500'000'000;
constexpr std::int64_t kLineEvery = 5'000'000'000;

[[nodiscard]] std::string perSecond(double rate)
{
    return rate >= 100 ? count(static_cast<std::uint64_t>(rate)) + "/s"
                       : fmt::format("{:.1f}/s", rate);
}

[[nodiscard]] std::string loadText(const LoadStatus& load)
{
    if (load.model == LoadModel::none) {
        return "none";
    }
    const auto* unit = load.model == LoadModel::open ? "/s" : " users";
    auto text = fmt::format("target {:.6g}{}, offered {}, achieved {}, dropped {}", load.target,
                            unit, perSecond(load.offeredPerSecond),
                            perSecond(load.achievedPerSecond), perSecond(load.droppedPerSecond));
    return text + (load.paused ? ", paused" : load.overridden ? ", by hand" : "");
}

/// "shop  closed, 1,204 ok, 3 failed, 0 rejected", with what matters in its state.
[[nodiscard]] std::string serviceText(const ServiceStatus& service)
{
    std::string text;
    if (service.breaker) {
        const auto& breaker = *service.breaker;
        text = "breaker " + breaker.state;
        if (breaker.state == "open" && breaker.retryAfter.known()) {
            text += fmt::format(" for {}", duration(breaker.retryAfter.value));
        }
        if (breaker.failureRate.known()) {
            text += fmt::format(" at {:.0f} % failures", 100 * breaker.failureRate.value);
        }
        text += ", ";
    }
    text += fmt::format("{} ok, {} failed, {} rejected", count(service.succeeded),
                        count(service.failed), count(service.rejected));
    if (service.breaker && service.breaker->opened > 0) {
        text += fmt::format(", opened {} times", count(service.breaker->opened));
    }
    if (service.budget && service.budget->granted > 0) {
        text += fmt::format(", {} retries", count(service.budget->granted));
    }
    return text;
}

/// "2 clean-ups gave back 210 MiB of memory, 1 failed"
[[nodiscard]] std::string cleanupsText(const CleanupTotals& cleanups)
{
    std::string text =
        fmt::format("{} clean-up{}", count(cleanups.runs), cleanups.runs == 1 ? "" : "s");
    std::string sep = " gave back ";
    for (const auto& [resource, freed] : cleanups.freed) {
        if (freed > 0) {
            const bool inBytes = resource == "memory" || resource == "disk";
            text +=
                fmt::format("{}{} of {}", std::exchange(sep, ", "),
                            inBytes ? bytes(static_cast<double>(freed)) : count(freed), resource);
        }
    }
    return text + (cleanups.failed > 0 ? fmt::format(", {} failed", count(cleanups.failed)) : "");
}

[[nodiscard]] std::string pressureText(const Snapshot& s)
{
    std::string text(toString(s.pressure));
    text += s.pressureCause.empty() ? "" : ": " + s.pressureCause;
    const auto& cleanups = s.pressureTotals.cleanups;
    text += cleanups.runs > 0 ? "; " + cleanupsText(cleanups) : "";
    for (const auto& fault : s.faults) {
        text += fmt::format("; injected: {}{}{}{}", fault.fault, fault.value.empty() ? "" : " ",
                            fault.value, fault.action.empty() ? "" : " of " + fault.action);
    }
    return text;
}

[[nodiscard]] std::string tableOf(const Snapshot& s)
{
    const auto percentile = [](const Known& figure) {
        return figure.known() ? duration(figure.value) : std::string("not available");
    };
    std::string text =
        fmt::format("{} {} {}\n", s.workload, toString(s.state),
                    duration(static_cast<double>(s.uptime.count() / 1'000'000'000) * 1e9));
    text +=
        fmt::format("  agents   {} live: {} ready, {} busy, {} suspended\n", count(s.agents.live),
                    count(s.agents.ready), count(s.agents.busy), count(s.agents.suspended));
    text += fmt::format("  actions  {} ok, {} failed, {}\n", count(s.actions.ok),
                        count(s.actions.failed), perSecond(s.actions.perSecond));
    text += fmt::format("  latency  p50 {}, p99 {}\n", percentile(s.actions.latency.p50),
                        percentile(s.actions.latency.p99));
    text += fmt::format("  load     {}\n", loadText(s.load));
    text += fmt::format("  pressure {}\n", pressureText(s));
    for (const auto& service : s.services) {
        text += fmt::format("  {:<8} {}\n", service.name, serviceText(service));
    }
    text += fmt::format("  events   {} published, {} stored, {} counted only, {} dropped\n",
                        count(s.events.published), count(s.events.stored),
                        count(s.events.countedOnly), count(s.events.dropped));
    for (const auto& item : s.attention) {
        text += fmt::format("  {} {}\n", item.severity == Severity::info ? "·" : "!", item.text);
    }
    return text;
}

[[nodiscard]] std::string lineOf(const Snapshot& s)
{
    return fmt::format("{} {}: {} agents, {} ok, {} failed, {}, {} events\n", s.workload,
                       toString(s.state), count(s.agents.live), count(s.actions.ok),
                       count(s.actions.failed), perSecond(s.actions.perSecond),
                       count(s.events.published));
}

void addExpectations(std::string& text, const RunSummary& summary)
{
    for (const auto& status : summary.expectations) {
        const auto* verdict = !status.met ? "unknown" : *status.met ? "held" : "NOT HELD";
        const auto value = status.value.known() ? inUnit(status.value.value, status.unit)
                                                : "not available: " + status.value.missing;
        text +=
            fmt::format("expect   {} {}: {} ({})\n", status.key, status.condition, verdict, value);
    }
}

[[nodiscard]] Json orNull(const Known& figure)
{
    return figure.known() ? Json(figure.value) : Json(nullptr);
}

}  // namespace

LiveView::LiveView() : m_terminal(isatty(STDERR_FILENO) != 0) {}

void LiveView::show(const Snapshot& snapshot)
{
    const auto age = snapshot.at.nanoseconds - m_shownAt;
    if (snapshot.simulated || (age >= 0 && age < (m_terminal ? kRedraw : kLineEvery))) {
        return;
    }
    const bool first = m_shownAt == 0;
    m_shownAt = snapshot.at.nanoseconds;
    if (!m_terminal) {
        if (!first) {
            fmt::print(stderr, "{}", lineOf(snapshot));
        }
        return;
    }
    m_table = tableOf(snapshot);
    erase();
    fmt::print(stderr, "{}", m_table);
    m_lines = static_cast<std::size_t>(std::ranges::count(m_table, '\n'));
}

void LiveView::say(const std::string& text)
{
    erase();
    fmt::print(stderr, "{}\n{}", text, m_table);
    m_lines = static_cast<std::size_t>(std::ranges::count(m_table, '\n'));
}

void LiveView::end()
{
    m_lines = 0;
    m_table.clear();
}

void LiveView::erase()
{
    if (m_lines > 0) {
        fmt::print(stderr, "\x1b[{}A\x1b[J", m_lines);
        m_lines = 0;
    }
}

std::string statusJson(const Snapshot& s)
{
    const Json json{{"at", toString(s.at)},
                    {"state", toString(s.state)},
                    {"agents", s.agents.live},
                    {"actions", s.actions.ok + s.actions.failed},
                    {"ok", s.actions.ok},
                    {"failed", s.actions.failed},
                    {"actions_per_s", s.actions.perSecond},
                    {"p50_ns", orNull(s.actions.latency.p50)},
                    {"p99_ns", orNull(s.actions.latency.p99)},
                    {"events", s.events.published},
                    {"stored", s.events.stored},
                    {"counted_only", s.events.countedOnly},
                    {"dropped", s.events.dropped},
                    {"load_target", s.load.target},
                    {"load_offered", s.load.offered},
                    {"load_dropped", s.load.dropped},
                    {"outstanding", s.load.outstanding},
                    {"pressure", toString(s.pressure)},
                    {"pressure_cause", s.pressureCause},
                    {"cleanups", s.pressureTotals.cleanups.runs}};
    return json.dump();
}

std::string summaryTable(const RunSummary& summary, const Snapshot* last)
{
    std::string text;
    if (last != nullptr) {
        text += fmt::format("{} {}{}{}\n", last->workload, toString(last->state),
                            last->stateReason.empty() ? "" : ": ", last->stateReason);
    }
    text += fmt::format("agents   {}\n", count(summary.agents));
    text += fmt::format("actions  {}: {} ok, {} failed\n", count(summary.actions),
                        count(summary.ok), count(summary.failed));
    text += fmt::format("latency  p50 {}, p99 {}\n", known(summary.latency.p50, duration),
                        known(summary.latency.p99, duration));
    if (summary.load) {
        text += fmt::format("load     {}: {} offered, {} achieved, {} dropped\n         {}\n",
                            toString(summary.load->model), count(summary.load->offered),
                            count(summary.load->achieved), count(summary.load->dropped),
                            omissionNote(summary.load->model));
    }
    text +=
        fmt::format("events   {}: {} stored, {} counted only, {} dropped\n", count(summary.events),
                    count(summary.stored), count(summary.countedOnly), count(summary.dropped));
    if (const auto& pressure = summary.pressure; pressure.changes > 0) {
        text += fmt::format("pressure up to {} ({}); {}; {} events thinned, {} arrivals shed\n",
                            toString(pressure.highest), pressure.highestCause,
                            cleanupsText(pressure.cleanups), count(pressure.eventsThinned),
                            count(pressure.loadShed));
    }
    if (summary.pressure.agentsRefused > 0) {
        text += fmt::format("refused  {} agents\n", count(summary.pressure.agentsRefused));
    }
    text += fmt::format("time     {}\n", duration(static_cast<double>(summary.wall.count())));
    for (const auto& service : summary.services) {
        text += fmt::format("service  {}: {}\n", service.name, serviceText(service));
    }
    addExpectations(text, summary);
    for (const auto& name : summary.notStopped) {
        text += fmt::format("did not stop: {}\n", name);
    }
    if (summary.failure) {
        text += fmt::format("failed: {}\n", summary.failure->text());
    }
    return text + fmt::format("build    {}\n", summary.build);
}

}  // namespace muster::ctl
