// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace muster {

/// The text as valid UTF-8: itself, or, where a byte is not part of it, a copy in `buffer` with
/// that byte percent-encoded ("%FF"), as FieldView::appendJson does it.
[[nodiscard]] std::string_view validUtf8(std::string_view text, std::string& buffer);

}  // namespace muster
