// SPDX-License-Identifier: Apache-2.0
#include "api/internal/service_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "documents/json.h"
#include "events/catalogue.h"

namespace muster {

namespace {

[[nodiscard]] std::string textIn(const Value& data, std::string_view key)
{
    const Value* value = data.find(key);
    return value != nullptr && value->isText() ? value->asText() : std::string();
}

[[nodiscard]] std::int64_t numberIn(const Value& data, std::string_view key)
{
    const Value* value = data.find(key);
    return value != nullptr && value->isNumeric() ? value->asInteger() : 0;
}

}  // namespace

ServiceRecording::ServiceRecording(SessionReader& reader, RunId run, std::string service)
    : m_reader(reader), m_run(run), m_service(std::move(service))
{
}

Result<void> ServiceRecording::read()
{
    if (auto done = visit(EventType::serviceConfigured, &ServiceRecording::takeStart); !done) {
        return done;
    }
    if (m_steps.empty()) {
        if (auto done = takeVersions(); !done) {
            return done;
        }
    } else if (auto done = visit(EventType::limitChanged, &ServiceRecording::takeChange); !done) {
        return done;
    }
    if (m_steps.empty()) {
        return Error{ErrorCode::notFound,
                     fmt::format("run {} has no service \"{}\"", m_run.value, m_service),
                     {},
                     "Name one of the workload's [services]."};
    }
    for (const auto type : {EventType::breakerOpened, EventType::breakerHalfOpened,
                            EventType::breakerClosed, EventType::breakerBypassed}) {
        if (auto done = visit(type, &ServiceRecording::takeMove); !done) {
            return done;
        }
    }
    std::ranges::sort(m_moves, {}, &Move::sequence);
    return readLog();
}

Result<void> ServiceRecording::visit(EventType type, Take take)
{
    StoredEventQuery query;
    query.type = eventInfo(type).name;
    query.run = m_run;
    query.newestFirst = false;
    query.limit = 0;
    const auto done = m_reader.visitEvents(query, [&](const StoredEvent& event) {
        if (const auto data = parseJson(event.data, "event"); data.ok()) {
            (this->*take)(event, *data);
        }
        return true;
    });
    return done ? Result<void>() : Result<void>(done.error());
}

void ServiceRecording::takeStart(const StoredEvent& event, const Value& data)
{
    if (textIn(data, "service") != m_service) {
        return;
    }
    const auto document = parseJson(textIn(data, "settings"), "settings");
    if (!document) {
        return;
    }
    if (const auto settings = readService(*document); settings.ok()) {
        m_steps.push_back({m_service, *settings, *document});
        m_stepsAt.push_back(event.at);
        m_offsetKnown = data.find("steady_ns") != nullptr;
        m_offset = event.at.nanoseconds - numberIn(data, "steady_ns");
    }
}

void ServiceRecording::takeChange(const StoredEvent& event, const Value& data)
{
    const std::string limit = textIn(data, "limit");
    const std::string prefix = fmt::format("services.{}.", m_service);
    if (m_steps.empty() || !limit.starts_with(prefix)) {
        return;
    }
    if (auto changed =
            withSetting(m_steps.back(), limit.substr(prefix.size()), textIn(data, "after"));
        changed.ok()) {
        m_steps.push_back(*std::move(changed));
        m_stepsAt.push_back(event.at);
    }
}

Result<void> ServiceRecording::takeVersions()
{
    const auto versions = m_reader.configurations();
    if (!versions) {
        return versions.error();
    }
    for (const StoredConfiguration& version : *versions) {
        const auto document = parseJson(version.record.document, "version");
        const Value* services = document.ok() ? document->find("services") : nullptr;
        const Value* own = services != nullptr ? services->find(m_service) : nullptr;
        if (version.run != m_run || own == nullptr) {
            continue;
        }
        if (const auto settings = readService(*own); settings.ok()) {
            m_steps.push_back({m_service, *settings, *own});
            m_stepsAt.push_back(version.record.at);
        }
    }
    return {};
}

void ServiceRecording::takeMove(const StoredEvent& event, const Value& data)
{
    if (textIn(data, "service") == m_service) {
        m_moves.push_back({event.id.sequence, event.at,
                           fmt::format("{} {} {} {}", textIn(data, "to"), textIn(data, "cause"),
                                       numberIn(data, "calls"), numberIn(data, "failed"))});
    }
}

std::string ServiceRecording::textOf(const BreakerMove& move)
{
    return fmt::format("{} {} {} {}", toString(move.to), toString(move.cause), move.tally.calls,
                       move.tally.failed());
}

bool ServiceRecording::isCut(bool ofBreaker) const
{
    const CallLogBlock& first = log(ofBreaker).front();
    if (first.asked > 0) {
        return true;
    }
    // A breaker's log of before there were starts begins with its first call.
    const auto entries = unpack(first);
    return !ofBreaker && entries && !entries->empty() &&
           entries->front().kind != CallLogEntry::Kind::start;
}

Result<void> ServiceRecording::readLog()
{
    auto stored = m_reader.calls(m_run, m_service);
    if (!stored) {
        return stored.error();
    }
    if (stored->empty()) {
        return Error{
            ErrorCode::notFound,
            fmt::format("no call to \"{}\" in run {} is kept", m_service, m_run.value),
            {},
            "Record a run in which it is called; retention may have deleted what it was told."};
    }
    if (!m_offsetKnown) {
        // Parts are handed over about a second apart, none before its last entry: the one that was
        // soonest tells nearly.
        m_offset = std::numeric_limits<std::int64_t>::max();
        for (const CallLogRecord& record : *stored) {
            const auto entries =
                unpack({{record.begin}, record.asked, record.entries, record.lost, record.data});
            const MonoTime last =
                entries && !entries->empty() ? entries->back().at : MonoTime{record.begin};
            m_offset = std::min(m_offset, record.at.nanoseconds - last.nanoseconds);
        }
    }
    for (CallLogRecord& record : *stored) {
        (record.machine == "limiter" ? m_limiterLog : m_breakerLog)
            .push_back({{record.begin},
                        record.asked,
                        record.entries,
                        record.lost,
                        std::move(record.data)});
    }
    return {};
}

Result<ServiceSpec> ServiceRecording::with(const ServiceSpec& step,
                                           const std::vector<std::string>& proposed) const
{
    ServiceSpec asked = step;
    for (const std::string& each : proposed) {
        const auto equals = std::min(each.find('='), each.size());
        auto changed =
            withSetting(asked, each.substr(0, equals),
                        std::string_view(each).substr(std::min(each.size(), equals + 1)));
        if (!changed) {
            return changed.error();
        }
        asked = *std::move(changed);
    }
    return asked;
}

}  // namespace muster
