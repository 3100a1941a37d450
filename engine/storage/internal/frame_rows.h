// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "storage/internal/block.h"
#include "storage/internal/progress.h"
#include "storage/internal/record_batch.h"

namespace muster {

/// Appends metric samples as frames: one row for all samples of one moment (see the schema).
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class FrameRows {
public:
    [[nodiscard]] static Result<FrameRows> open(Database& database, Progress& progress, RunId run);
    FrameRows() = default;

    [[nodiscard]] Result<void> append(const SampleStock& samples);
    /// Before each commit: writes what is known of the last block.
    [[nodiscard]] Result<void> finish() { return m_blocks.finish(); }
    [[nodiscard]] std::int64_t openBlock() const noexcept { return m_blocks.openBlock(); }

private:
    [[nodiscard]] Result<std::size_t> series(const MetricSample& sample);
    [[nodiscard]] Result<void> write(WallTime at);

    Statement m_insertSeries;
    Statement m_insertFrame;
    std::unordered_map<std::string, std::size_t> m_series;  // "name\nlabels" to metric_series.id
    BlockTail m_blocks;
    Progress* m_progress = nullptr;
    RunId m_run;
    std::vector<double> m_points;  // of the frame being gathered, by series
    std::string m_buckets;
};

}  // namespace muster
