// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

/// What kind of thing went wrong: what a caller may decide on. The sentence is for people.
enum class ErrorCode : std::uint8_t {
    invalidArgument,
    notFound,
    alreadyExists,
    outOfRange,
    conflict,
    overloaded,  ///< a bound was reached; try later or raise it
    unavailable,
    timedOut,
    cancelled,
    permissionDenied,
    readOnly,
    ioFailure,
    diskFull,
    corrupt,
    unsupportedVersion,
    internal,
};

/// The code's name as it stands in events, exports and JSON ("not_found").
[[nodiscard]] std::string_view toString(ErrorCode code) noexcept;

/// An error as a value: what was wrong, where, and what to do about it.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  ///< what was wrong, one sentence without a full stop
    std::string where;    ///< file:line, key, path or agent it concerns; may be empty
    std::string advice;   ///< what to do next, an imperative sentence; may be empty

    /// "where: message. Advice." with the parts that are present.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace muster
