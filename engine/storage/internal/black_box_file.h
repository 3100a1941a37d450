// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/black_box_bundle.h"
#include "storage/internal/black_box_layout.h"

namespace muster {

/// A copy of a black box in memory, each segment as it was at one moment.
/// Thread safety: one thread at a time.
class BlackBoxFile {
public:
    /// Errors as readBlackBox().
    [[nodiscard]] static Result<BlackBoxFile> read(const std::filesystem::path& file);

    [[nodiscard]] const BlackBoxInfo& info() const noexcept { return m_info; }
    /// Segments whose rest could not be read.
    [[nodiscard]] std::uint64_t damaged() const noexcept { return m_damaged; }
    /// Oldest first.
    void visit(box::Lane lane, const std::function<void(std::string_view record)>& call) const;

private:
    struct Segment {
        std::uint64_t generation = 0;
        std::string records;  ///< whole ones, with their heads
    };

    [[nodiscard]] Result<void> readHead(const std::string& head);
    void readCrash(const std::string& crash);

    BlackBoxInfo m_info;
    std::array<std::uint64_t, box::kLanes> m_segmentBytes{};
    std::array<std::vector<Segment>, box::kLanes> m_segments;
    std::uint64_t m_damaged = 0;
};

}  // namespace muster
