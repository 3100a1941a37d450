// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "events/fields.h"
#include "storage/session_reader.h"

namespace muster {

/// What a stream must be for an append to it to be carried out (EventStoreDB). Its version is
/// the number of its last event; the first one's is 0.
class ExpectedVersion {
public:
    static ExpectedVersion any() noexcept { return {Kind::any, 0}; }
    static ExpectedVersion none() noexcept { return {Kind::none, 0}; }
    static ExpectedVersion exists() noexcept { return {Kind::exists, 0}; }
    static ExpectedVersion exactly(std::uint64_t version) noexcept
    {
        return {Kind::exact, version};
    }

    /// `now`: the stream's version; empty: there is no such stream.
    [[nodiscard]] bool holds(std::optional<std::uint64_t> now) const noexcept;
    /// "any version", "no stream", "that the stream exists" or "version 3".
    [[nodiscard]] std::string text() const;

private:
    enum class Kind : std::uint8_t { any, none, exists, exact };
    ExpectedVersion(Kind kind, std::uint64_t version) noexcept : m_kind(kind), m_version(version) {}

    Kind m_kind;
    std::uint64_t m_version;
};

/// An event as it is appended to a stream. Always durable, whatever the capture policy says.
struct StreamEvent {
    EventId id;        ///< chosen by who appends, once for ever; neither part is 0
    std::string type;  ///< a dotted topic
    std::string source;
    Fields data;
    WallTime at;
    TraceId trace{};
    EventId cause{};
    CorrelationId correlation{};
    std::uint16_t version = 1;  ///< of the type's fields
};

/// Events that are appended together or not at all, in their order.
struct StreamAppend {
    std::string stream;
    ExpectedVersion expected = ExpectedVersion::any();
    std::vector<StreamEvent> events;

    static constexpr std::size_t kMostEvents = 10'000;
    static constexpr std::size_t kLongestName = 1'024;
    static constexpr std::size_t kLargestEvent = 2 * 1024 * 1024;
};

struct StreamAppended {
    std::uint64_t firstVersion = 0;
    std::uint64_t lastVersion = 0;
    bool before = false;  ///< these events were in the stream already: nothing was written

    friend bool operator==(const StreamAppended&, const StreamAppended&) = default;
};

struct StreamQuery {
    std::string stream;
    /// Where to start; empty: the first event, or the last when backwards.
    std::optional<std::uint64_t> from{};
    bool backwards = false;
    std::uint64_t limit = 200;  ///< 0: no limit
};

struct StreamRow {
    std::uint64_t version = 0;
    StoredEvent event;

    friend bool operator==(const StreamRow&, const StreamRow&) = default;
};

struct StreamPage {
    std::vector<StreamRow> rows;
    bool more = false;
    std::uint64_t version = 0;  ///< of the stream
};

}  // namespace muster
