// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/event_decoder.h"

#include <fmt/core.h>

#include <utility>

#include "storage/internal/upcasters.h"

namespace muster {

Result<EventDecoder> EventDecoder::open(SessionReader::State& session)
{
    auto names = session.names(Numbered::eventTypes);
    const auto runs = session.runs();
    if (!names || !runs) {
        return names ? runs.error() : names.error();
    }
    EventDecoder decoder;
    decoder.m_typeNames = std::move(names).value();
    for (const auto& [number, name] : decoder.m_typeNames) {
        if (const auto to = upcastsTo(name); to > 0) {
            decoder.m_upcasts.emplace(number, to);
        }
    }
    for (const StoredRun& run : *runs) {
        decoder.m_origins.emplace(run.id.value, run.origin);
    }
    return decoder;
}

std::string_view EventDecoder::typeName(const Statement& row) const
{
    const auto type = m_typeNames.find(row.integer(EventColumn::kType));
    return type != m_typeNames.end() ? std::string_view(type->second) : std::string_view();
}

void EventDecoder::decode(const Statement& row, StoredEvent& event) const
{
    const auto unsignedAt = [&row](int column) {
        return static_cast<std::uint64_t>(row.integer(column));
    };
    const auto run = m_origins.find(row.integer(EventColumn::kRun));
    const std::uint64_t origin = run != m_origins.end() ? run->second : 0;
    event.position = row.integer(EventColumn::kId);
    event.run = RunId{static_cast<std::uint32_t>(row.integer(EventColumn::kRun))};
    event.id = {row.isNull(EventColumn::kOrigin) ? origin : unsignedAt(EventColumn::kOrigin),
                unsignedAt(EventColumn::kSequence)};
    event.at = {row.integer(EventColumn::kAt)};
    event.type = typeName(row);
    if (event.type.empty()) {
        event.type = fmt::format("damaged.type_{}", row.integer(EventColumn::kType));
    }
    event.source = row.text(EventColumn::kSource);
    event.data = row.text(EventColumn::kData);
    event.trace = {unsignedAt(EventColumn::kTrace)};
    event.cause = {};
    if (!row.isNull(EventColumn::kCause)) {
        event.cause = {
            row.isNull(EventColumn::kCauseOrigin) ? origin : unsignedAt(EventColumn::kCauseOrigin),
            unsignedAt(EventColumn::kCause)};
    }
    event.correlation = {unsignedAt(EventColumn::kCorrelation)};
    event.durable = row.integer(EventColumn::kDurable) != 0;
    event.version = static_cast<std::uint16_t>(row.integer(EventColumn::kVersion));
    const auto to = m_upcasts.find(row.integer(EventColumn::kType));
    if (to != m_upcasts.end() && event.version < to->second) {
        event.version = upcast(event.type, event.version, event.data);
    }
}

}  // namespace muster
