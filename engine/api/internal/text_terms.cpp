// SPDX-License-Identifier: Apache-2.0
#include "api/internal/text_terms.h"

#include <algorithm>

namespace muster {

namespace {

/// "index*" with `*` for any run of characters.
[[nodiscard]] bool matchesGlob(std::string_view pattern, std::string_view text) noexcept
{
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

std::vector<std::string> splitList(std::string_view text)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto comma = std::min(text.find(','), text.size());
        if (comma > 0) {
            parts.emplace_back(text.substr(0, comma));
        }
        if (comma == text.size()) {
            return parts;
        }
        text.remove_prefix(comma + 1);
    }
}

bool matchesAny(const std::vector<std::string>& patterns, std::string_view text)
{
    return std::ranges::any_of(
        patterns, [text](const std::string& pattern) { return matchesGlob(pattern, text); });
}

}  // namespace muster
