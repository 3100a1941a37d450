// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/internal/export_writer.h"
#include "storage/internal/reader_state.h"

namespace muster {

/// Rows of the results and of the errors, as exportSession() describes them.
/// Within the caller's ReadMoment.
[[nodiscard]] Result<void> exportResults(SessionReader::State& session, const StoredExport& what,
                                         ExportWriter& out);
[[nodiscard]] Result<void> exportErrors(SessionReader::State& session, const StoredExport& what,
                                        ExportWriter& out);

}  // namespace muster
