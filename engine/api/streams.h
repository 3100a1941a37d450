// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/queries.h"

namespace muster {

/// A stream of a session: events in a total order, appended by stream.append.
struct StreamInfo {
    std::string name;
    std::uint64_t version = 0;  ///< of its last event; the first one's is 0
};

struct StreamReadQuery {
    std::string stream;
    std::optional<std::uint64_t> from{};  ///< empty: the first, or the last when backwards
    bool backwards = false;
    std::uint64_t limit = 200;  ///< 0: no limit
};

struct StreamReadRow {
    std::uint64_t version = 0;
    EventRow event;
};

struct StreamReadPage {
    std::vector<StreamReadRow> rows;
    bool more = false;
    std::uint64_t version = 0;  ///< of the stream
};

}  // namespace muster
