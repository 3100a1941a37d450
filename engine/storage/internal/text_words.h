// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace muster {

/// Words are runs of ASCII letters and digits and of bytes beyond ASCII: those that the tokenizer
/// "ascii" of FTS5 makes tokens of.
[[nodiscard]] constexpr bool isWordByte(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Longer words stand in the index by so many of their first bytes.
inline constexpr std::size_t kIndexedWord = 24;

/// The JSON text with what is escaped in it as it is meant; itself where nothing is.
[[nodiscard]] std::string_view unescapedJson(std::string_view json, std::string& buffer);

/// Appends the text's words as the index takes them, with spaces between.
void appendWords(std::string& out, std::string_view text);

}  // namespace muster
