// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/internal/reader_state.h"

namespace muster {

/// Columns of the events table.
struct EventColumn {
    enum : int {
        kId,
        kRun,
        kSequence,
        kAt,
        kType,
        kSource,
        kData,
        kTrace,
        kCause,
        kCorrelation,
        kDurable,
        kVersion,
        kOrigin,
        kCauseOrigin
    };
};

/// Turns rows of the events table into events as today's version would write them, with the
/// session's names of types and its runs' origins. Thread safety: one thread at a time.
class EventDecoder {
public:
    [[nodiscard]] static Result<EventDecoder> open(SessionReader::State& session);
    EventDecoder() = default;

    void decode(const Statement& row, StoredEvent& event) const;
    /// Empty: what its number stands for is lost.
    [[nodiscard]] std::string_view typeName(const Statement& row) const;
    [[nodiscard]] const auto& typeNames() const noexcept { return m_typeNames; }

private:
    std::unordered_map<std::int64_t, std::string> m_typeNames;
    std::unordered_map<std::int64_t, std::uint64_t> m_origins;  // by run
    std::unordered_map<std::int64_t, std::uint16_t> m_upcasts;  // by type: to which version
};

}  // namespace muster
