// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <array>

namespace muster {

std::string_view toString(ErrorCode code) noexcept
{
    static constexpr std::array<std::string_view, 16> kNames{
        "invalid_argument", "not_found",         "already_exists",      "out_of_range",
        "conflict",         "overloaded",        "unavailable",         "timed_out",
        "cancelled",        "permission_denied", "read_only",           "io_failure",
        "disk_full",        "corrupt",           "unsupported_version", "internal"};
    return kNames[static_cast<std::size_t>(code)];
}

std::string Error::text() const
{
    std::string out;
    if (!where.empty()) {
        out += where;
        out += ": ";
    }
    out += message;
    if (!advice.empty()) {
        out += ". ";
        out += advice;
    }
    return out;
}

}  // namespace muster
