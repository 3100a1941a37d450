// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace muster {

/// Appends one field by RFC 4180: in double quotes where it holds a comma, a quote or a line end.
void appendCsv(std::string& out, std::string_view field);

}  // namespace muster
