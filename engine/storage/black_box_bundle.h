// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/records.h"

namespace muster {

/// The signal by which the process ended itself, as its handler noted it.
struct BlackBoxCrash {
    int signal = 0;
    std::string thread;         ///< its name
    std::uint64_t address = 0;  ///< of SIGSEGV and SIGBUS
    std::string stack;          ///< a line a frame, innermost first: file(place)[address]
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

}  // namespace muster
