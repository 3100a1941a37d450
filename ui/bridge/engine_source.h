// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/data_source.h"

namespace muster::ui {

/// A running engine as a source. Blocks while the engine starts; `startup` says how it did.
[[nodiscard]] DataSources::Made startEngine(const EngineOptions& options, EngineStartup& startup);

/// A recorded session as a source. Its reads, which block, run on a thread of its own.
[[nodiscard]] DataSources::Made openRecorded(const std::filesystem::path& file);

[[nodiscard]] Result<std::uint64_t> copySession(const std::filesystem::path& database,
                                                const std::filesystem::path& file,
                                                const CopyProgress& progress);
[[nodiscard]] Result<std::uint64_t> exportRows(const std::filesystem::path& database,
                                               const ExportQuery& query, std::ostream& out,
                                               const ExportProgress& progress);

}  // namespace muster::ui
