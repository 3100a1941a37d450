// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace muster {

/// The known word closest to a mistyped one, by edit distance with neighbours swapped counted
/// once (Damerau, optimal string alignment); nothing when none is close enough to be meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> known);

/// `; did you mean "limiter"?`, or "".
[[nodiscard]] std::string didYouMean(std::string_view word, std::span<const std::string> known);

/// "a, b, c".
[[nodiscard]] std::string listed(std::span<const std::string> words);

}  // namespace muster
