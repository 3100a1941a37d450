// SPDX-License-Identifier: Apache-2.0
#include "events/engine_state.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace muster {

namespace {

/// What an event says of `key`, as text; empty: nothing.
std::string textOf(FieldView data, std::string_view key)
{
    const auto value = data.find(key);
    if (!value) {
        return {};
    }
    switch (value->kind()) {
        case FieldKind::boolean:
            return value->boolean() ? "true" : "false";
        case FieldKind::integer:
            return std::to_string(value->integer());
        case FieldKind::real: {
            std::string text;
            if (std::isfinite(value->real())) {
                appendJsonNumber(text, value->real());
            }
            return text;
        }
        case FieldKind::text:
            return std::string(value->text());
    }
    return {};
}

}  // namespace

bool EngineState::shapedBy(EventType type) noexcept
{
    switch (type) {
        case EventType::engineStarted:
        case EventType::runStarted:
        case EventType::runEnded:
        case EventType::inputFinished:
        case EventType::agentCreated:
        case EventType::agentEnded:
        case EventType::agentCrashed:
        case EventType::agentRestarted:
        case EventType::agentSuspended:
        case EventType::agentResumed:
        case EventType::agentRegistered:
        case EventType::agentUnregistered:
        case EventType::serviceConfigured:
        case EventType::breakerOpened:
        case EventType::breakerHalfOpened:
        case EventType::breakerClosed:
        case EventType::breakerBypassed:
        case EventType::faultStarted:
        case EventType::faultStopped:
        case EventType::loadStarted:
        case EventType::loadStageStarted:
        case EventType::loadPaused:
        case EventType::loadResumed:
        case EventType::loadChanged:
        case EventType::loadFinished:
        case EventType::limitChanged:
        case EventType::limitTried:
        case EventType::limitKept:
        case EventType::limitReverted:
        case EventType::configurationChanged:
        case EventType::pressureChanged:
        case EventType::resourceLevelChanged:
        case EventType::captureChanged:
        case EventType::helperStarted:
        case EventType::helperEnded:
        case EventType::logLevelChanged:
            return true;
        default:
            return false;
    }
}

void EngineState::apply(EventType type, Source source, FieldView data, WallTime at)
{
    m_agents.apply(type, source, data);
    applyRun(type, data, at);
    applyLoad(type, data, at);
    applyLimits(type, data, at);
    applyFaults(type, data, at);
}

void EngineState::applyRun(EventType type, FieldView data, WallTime at)
{
    switch (type) {
        case EventType::engineStarted:
            put(Part::run, "workers", textOf(data, "workers"), at);
            break;
        case EventType::runStarted:
            put(Part::run, "state", "running", at);
            put(Part::run, "workload", textOf(data, "workload"), at);
            break;
        case EventType::runEnded:
            put(Part::run, "state", textOf(data, "state"), at);
            put(Part::run, "reason", textOf(data, "reason"), at);
            break;
        case EventType::inputFinished:
            put(Part::run, "input", textOf(data, "items"), at);
            break;
        case EventType::helperStarted:
            put(Part::helpers, textOf(data, "helper"), "running", at);
            break;
        case EventType::helperEnded:
            put(Part::helpers, textOf(data, "helper"), "ended", at);
            break;
        case EventType::logLevelChanged:
            put(Part::logs, textOf(data, "component"), textOf(data, "to"), at);
            break;
        case EventType::pressureChanged:
            put(Part::pressure, "level", textOf(data, "to"), at);
            put(Part::pressure, "cause", textOf(data, "cause"), at);
            break;
        case EventType::resourceLevelChanged:
            put(Part::resources, textOf(data, "resource"), textOf(data, "to"), at);
            break;
        default:
            break;
    }
}

void EngineState::applyLoad(EventType type, FieldView data, WallTime at)
{
    switch (type) {
        case EventType::loadStarted:
            put(Part::load, "model", textOf(data, "model"), at);
            put(Part::load, "stages", textOf(data, "stages"), at);
            put(Part::load, "target", textOf(data, "target"), at);
            put(Part::load, "state", "running", at);
            break;
        case EventType::loadStageStarted:
            put(Part::load, "stage", textOf(data, "stage"), at);
            put(Part::load, "target", textOf(data, "to"), at);
            break;
        case EventType::loadPaused:
            put(Part::load, "state", "paused", at);
            break;
        case EventType::loadResumed:
            put(Part::load, "state", "running", at);
            break;
        case EventType::loadChanged:
            put(Part::load, "target", textOf(data, "to"), at);
            if (auto stages = textOf(data, "stages"); !stages.empty()) {
                put(Part::load, "stages", std::move(stages), at);
            }
            break;
        case EventType::loadFinished:
            put(Part::load, "state", "finished", at);
            break;
        default:
            break;
    }
}

void EngineState::applyLimits(EventType type, FieldView data, WallTime at)
{
    const auto set = [&] {
        std::string after = textOf(data, "after");
        put(Part::limits, textOf(data, "limit"), after.empty() ? textOf(data, "to") : after, at);
    };
    switch (type) {
        case EventType::limitChanged:
            set();
            break;
        case EventType::limitTried:
            set();
            for (const char* key : {"limit", "before", "after"}) {
                put(Part::trial, key, textOf(data, key), at);
            }
            break;
        case EventType::limitReverted:
            // Of a run before this one it names the version, which is no limit.
            if (part(Part::limits).contains(textOf(data, "limit"))) {
                set();
            }
            [[fallthrough]];
        case EventType::limitKept:
            m_parts[static_cast<std::size_t>(Part::trial)].clear();
            break;
        case EventType::configurationChanged:
            put(Part::configuration, "version", textOf(data, "version"), at);
            put(Part::configuration, "hash", textOf(data, "hash"), at);
            break;
        case EventType::captureChanged:
            put(Part::capture, textOf(data, "pattern"), textOf(data, "to"), at);
            break;
        default:
            break;
    }
}

void EngineState::applyFaults(EventType type, FieldView data, WallTime at)
{
    const auto service = [&] { return textOf(data, "service"); };
    const auto fault = [&] { return textOf(data, "action") + "/" + textOf(data, "fault"); };
    switch (type) {
        case EventType::serviceConfigured:
            put(Part::services, service(), textOf(data, "settings"), at);
            break;
        case EventType::breakerOpened: {
            const Entries& openings = part(Part::openings);
            const auto before = openings.find(service());
            const auto times = before == openings.end() ? 0 : std::stoull(before->second.value);
            put(Part::openings, service(), std::to_string(times + 1), at);
            [[fallthrough]];
        }
        case EventType::breakerHalfOpened:
        case EventType::breakerClosed:
        case EventType::breakerBypassed:
            put(Part::breakers, service(), textOf(data, "to"), at);
            break;
        case EventType::faultStarted:
            put(Part::faults, fault(), textOf(data, "value"), at);
            break;
        case EventType::faultStopped:
            drop(Part::faults, fault());
            break;
        default:
            break;
    }
}

// ---- as a whole ---------------------------------------------------------------------------

void EngineState::put(Part part, std::string_view key, std::string value, WallTime at)
{
    m_parts[static_cast<std::size_t>(part)].insert_or_assign(std::string(key),
                                                             Entry{std::move(value), at});
}

void EngineState::drop(Part part, std::string_view key)
{
    Entries& entries = m_parts[static_cast<std::size_t>(part)];
    if (const auto found = entries.find(key); found != entries.end()) {
        entries.erase(found);
    }
}

std::string_view EngineState::value(Part of, std::string_view key) const
{
    const Entries& entries = part(of);
    const auto found = entries.find(key);
    return found == entries.end() ? std::string_view() : std::string_view(found->second.value);
}

std::string EngineState::document() const
{
    const AgentRoll::Totals& agents = m_agents.totals();
    std::string json =
        fmt::format(R"({{"agents":{{"live":{},"suspended":{},"created":{},"ended":{},"crashed":{},)"
                    R"("restarts":{},"sum":"{:016x}"}})",
                    agents.live, agents.suspended, agents.created, agents.ended, agents.crashed,
                    agents.restarts, m_agents.sum());
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        json += ',';
        appendJsonText(json, toString(static_cast<Part>(i)));
        json += ":{";
        for (bool first = true; const auto& [key, entry] : m_parts[i]) {
            json += std::exchange(first, false) ? "" : ",";
            appendJsonText(json, key);
            json += R"(:{"value":)";
            appendJsonText(json, entry.value);
            json += fmt::format(R"(,"since_ns":{}}})", entry.since.nanoseconds);
        }
        json += '}';
    }
    return json + '}';
}

std::uint64_t EngineState::hash() const
{
    // FNV-1a (Fowler, Noll, Vo).
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : document()) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

std::string EngineState::hashText() const
{
    return fmt::format("{:016x}", hash());
}

std::string_view toString(EngineState::Part part) noexcept
{
    constexpr std::array<std::string_view, static_cast<std::size_t>(EngineState::Part::count)>
        kNames{"run",     "load",    "services",      "breakers",  "openings",
               "limits",  "trial",   "pressure",      "resources", "faults",
               "helpers", "capture", "configuration", "logs"};
    return kNames[static_cast<std::size_t>(part)];
}

}  // namespace muster
