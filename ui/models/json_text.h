// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>
#include <string_view>

namespace muster::ui {

/// A JSON text with one member a line, indented by two spaces. Order, numbers and escapes stay
/// as they are, so what is read is what was recorded; a text that is no JSON comes back as well
/// as it can be laid out. Empty objects and arrays stay on one line.
/// Thread safety: pure function.
[[nodiscard]] QString prettyJson(std::string_view json);
/// The same on one line, without blanks between its members.
[[nodiscard]] std::string compactJson(std::string_view json);

}  // namespace muster::ui
