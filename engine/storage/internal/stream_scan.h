// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/internal/reader_state.h"
#include "storage/stream.h"

namespace muster {

/// A part of a stream, within the caller's ReadMoment. Errors: notFound.
[[nodiscard]] Result<StreamPage> readStream(SessionReader::State& session,
                                            const StreamQuery& query);

/// The streams after `after` by name, at most `limit` (0: all).
[[nodiscard]] Result<std::vector<StoredStream>> readStreams(SessionReader::State& session,
                                                            std::string_view after,
                                                            std::uint64_t limit);

}  // namespace muster
