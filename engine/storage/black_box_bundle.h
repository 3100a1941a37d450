// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/records.h"

namespace muster {

inline constexpr std::string_view kBoxSuffix = ".box";
inline constexpr std::string_view kBundlePrefix = "blackbox.";
inline constexpr std::size_t kBundlesKept = 20;

/// The signal by which the process ended itself, as its handler noted it.
struct BlackBoxCrash {
    int signal = 0;
    std::string thread;         ///< its name
    std::uint64_t address = 0;  ///< of SIGSEGV and SIGBUS
    std::string stack;          ///< a line a frame, innermost first: file(place)[address]

    [[nodiscard]] std::string name() const;  ///< of the signal: "SIGSEGV"
};

/// What a box is, without its records.
struct BlackBoxInfo {
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    RunRecord run;
    std::uint32_t process = 0;
    bool live = false;  ///< the process still fills it
    std::optional<BlackBoxCrash> crash;

    /// "crash" with a note of it; "killed" without one, when the process is gone: by SIGKILL, the
    /// machine's end, or _exit; "alive".
    [[nodiscard]] std::string_view ending() const noexcept;
};

/// Errors: notFound, permissionDenied, corrupt (no black box, cut short), unsupportedVersion.
[[nodiscard]] Result<BlackBoxInfo> readBlackBox(const std::filesystem::path& file);

/// What a bundle was made of.
struct BlackBoxBundle {
    BlackBoxInfo box;
    std::filesystem::path file;
    std::uint64_t events = 0;
    std::uint64_t samples = 0;
    std::uint64_t damaged = 0;            ///< segments whose rest could not be read
    std::optional<WallTime> first, last;  ///< of the events
};

/// Writes what is in the box into a new session, which every page and command can open, anywhere.
/// Its last event (blackbox.saved) says why: `reason` and `detail`, and the crash there was. The
/// box may still be filled meanwhile, by a process that hangs too. Nothing is left when it fails.
/// Errors: those of readBlackBox() and Recorder::open(); conflict when `bundle` is there already.
[[nodiscard]] Result<BlackBoxBundle> writeBundle(const std::filesystem::path& file,
                                                 const std::filesystem::path& bundle,
                                                 std::string_view reason,
                                                 std::string_view detail = {});

/// "blackbox.flaky-2026-11-21-140203-4711-killed.db": no workload's own session is named so for the
/// run that the box is of.
[[nodiscard]] std::string bundleName(const BlackBoxInfo& box, std::string_view reason);

/// What became of the boxes that processes left which are gone.
struct CollectedBoxes {
    std::vector<BlackBoxBundle> bundles;
    std::vector<Error> failures;  ///< their boxes are still there
};

/// bundleName() in that directory, with a number where there is one already.
[[nodiscard]] std::filesystem::path freeBundle(const std::filesystem::path& bundles,
                                               const BlackBoxInfo& box, std::string_view reason);

/// Makes a bundle of each such box in `boxes`, then removes the box, as long as `goOn` says so.
/// Two that collect at once share the work. Trims the bundles.
[[nodiscard]] CollectedBoxes collectBlackBoxes(const std::filesystem::path& boxes,
                                               const std::filesystem::path& bundles,
                                               const std::function<bool()>& goOn = {});
/// Of the bundles only the newest stay.
void trimBundles(const std::filesystem::path& bundles, std::size_t keep = kBundlesKept);

}  // namespace muster
