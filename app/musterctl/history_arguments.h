// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/compare.h"
#include "musterctl/arguments.h"

namespace CLI {
class App;
}  // namespace CLI

namespace muster::ctl {

/// "corpus.db:2" is run 2 of it; a file of that whole name goes before.
struct RunName {
    std::filesystem::path file;
    std::optional<RunId> run;
};
[[nodiscard]] RunName readRunName(const std::string& text);

/// "10s..40s" from the run's start, or two times in UTC; one end may be left out.
[[nodiscard]] Result<RelativeRange> readRange(std::string_view text);

/// "90s" from the run's start, or a time in UTC.
[[nodiscard]] Result<RangeEnd> readMoment(std::string_view text);

void addState(CLI::App& root, StateArguments& arguments);
void addLoad(CLI::App& root, LoadArguments& arguments);
void addReplay(CLI::App& root, ReplayArguments& arguments);
void addCompare(CLI::App& root, CompareArguments& arguments);
void addReport(CLI::App& root, ReportArguments& arguments, std::uint32_t& run);

/// The range of a side as times: what is said since the run's start needs the session.
[[nodiscard]] Result<CompareSide> resolve(const CompareSideArguments& arguments);

}  // namespace muster::ctl
