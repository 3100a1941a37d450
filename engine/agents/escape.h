// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

/// Where a text is put, and so what in it would be taken for more than text.
enum class Escape : std::uint8_t {
    none,      ///< as it is
    url,       ///< a whole URL: only what no URL may hold is percent-encoded
    urlPath,   ///< part of a path: "/" stays (RFC 3986)
    urlPart,   ///< one part of a URL: all but letters, digits, "-", ".", "_" and "~" is encoded
    form,      ///< application/x-www-form-urlencoded
    json,      ///< within the quotes of a JSON string
    pathName,  ///< nothing is escaped: the last name of a path
    pathStem,  ///< likewise, without its ending
    fileName,  ///< one name of a path: "/" and what would lead elsewhere is percent-encoded
};

[[nodiscard]] std::string escaped(std::string_view text, Escape how);

}  // namespace muster
