// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "storage/internal/database.h"

namespace muster {

/// "Mstr": tells a session from the databases of other programs.
inline constexpr std::int64_t kApplicationId = 0x4d737472;

/// Events and metric frames are looked over in blocks of 2^n (see the schema).
inline constexpr int kEventShift = 12;
inline constexpr int kFrameShift = 8;

/// The machine of the first row of calls, where retention deleted those before it.
inline constexpr std::string_view kCallsGone = "deleted";

/// Types above this number are not in a block's set of types, which then says nothing.
inline constexpr std::uint32_t kBlockTypes = 512;

/// The statement that makes the table "text_<part>" of the full-text index.
[[nodiscard]] std::string createTextPart(std::int64_t part);

struct SessionIdentity {
    bool fresh = false;  ///< has no tables yet
    int version = 0;
};

/// Whether an open database is a session that this build reads. Errors: corrupt (no database,
/// another program's, damaged), unsupportedVersion.
[[nodiscard]] Result<SessionIdentity> identify(Database& database,
                                               const std::filesystem::path& file);

/// Takes a session from its version to kSessionSchemaVersion, a step a transaction, after a copy
/// of one that is not fresh was put beside it. Returns what was done, in words; empty: nothing.
[[nodiscard]] Result<std::string> upgrade(Database& database, const SessionIdentity& from,
                                          const std::filesystem::path& file);

}  // namespace muster
