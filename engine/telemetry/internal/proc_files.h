// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// The small text files by which Linux says how it is. Thread safety: any thread.

/// The whole file; nothing when it cannot be read.
[[nodiscard]] std::optional<std::string> readSmallFile(const std::filesystem::path& file);
[[nodiscard]] std::vector<std::string_view> splitWords(std::string_view text);
[[nodiscard]] std::vector<std::string_view> splitLines(std::string_view text);
/// A whole unsigned number, spaces around it allowed.
[[nodiscard]] std::optional<std::uint64_t> parseCount(std::string_view text);
/// What stands after `key` on the line that begins with it ("Threads:").
[[nodiscard]] std::optional<std::string_view> lineValue(std::string_view text,
                                                        std::string_view key);
/// How many numbers a list such as "0-3,8" names.
[[nodiscard]] std::optional<std::uint64_t> countList(std::string_view list);

}  // namespace muster
