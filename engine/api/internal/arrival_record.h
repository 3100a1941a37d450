// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/load_making.h"
#include "operations/load_file.h"
#include "storage/session_reader.h"

namespace muster {

/// A block as the session's log of calls keeps it: of no service, and a machine of its own.
[[nodiscard]] CallLogRecord toRecord(ArrivalBlock block, const Clock& clock);

struct MadeLoad {
    LoadFile file;
    LoadOutline outline;
};
/// Errors: notFound for a run that is not there or where nothing came; outOfRange.
[[nodiscard]] Result<MadeLoad> makeLoad(SessionReader& reader, const LoadQuery& query);
/// The same, saved; nothing is written over a session.
[[nodiscard]] Result<LoadOutline> saveLoad(SessionReader& reader, const LoadQuery& query,
                                           const std::filesystem::path& file);

}  // namespace muster
