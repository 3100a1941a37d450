// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operations/arrivals.h"

namespace muster {

/// Arrivals as they once came, or as somebody wrote them down: a load for another run. Its runs
/// are in order, and none leaves the length.
///
/// As a text it has a line "muster-load 1", a line for each of `length_ns` and, if it is known,
/// `arrivals`, `factor`, `error_ns`, `source`, `workload` and `recorded`, and then for each run
/// its first arrival in nanoseconds, its span in nanoseconds and its count. `#` begins a comment.
struct LoadFile {
    Duration length{};
    std::vector<ArrivalRun> runs;
    double factor = 1;     ///< of the rate that was recorded
    Duration error{};      ///< an arrival is at most so far from where it was
    std::string source;    ///< what it was made of: "arrivals", "users", "rates"
    std::string workload;  ///< whose load it was
    std::string recorded;  ///< when its first moment was, in UTC

    /// So many runs take 48 MB of memory.
    static constexpr std::size_t kMostRuns = 2'000'000;
    static constexpr std::uint64_t kMostArrivals = 1'000'000'000'000;
    static constexpr Duration kLongest = std::chrono::hours(24 * 30);
};

void writeLoadFile(const LoadFile& file, std::ostream& out);
/// Whole or not at all: what fails leaves the file that was there. Errors: outOfRange for more
/// than kMostRuns, kMostArrivals or kLongest; ioFailure.
[[nodiscard]] Result<void> saveLoadFile(const LoadFile& file, const std::filesystem::path& path);

/// Errors name the line and what was expected; `source` names the text.
[[nodiscard]] Result<LoadFile> parseLoadFile(std::istream& in, const std::string& source);
[[nodiscard]] Result<LoadFile> readLoadFile(const std::filesystem::path& path);

}  // namespace muster
