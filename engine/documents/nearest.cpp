// SPDX-License-Identifier: Apache-2.0
#include "documents/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace muster {

namespace {

// Longer words are cut: nobody mistypes a key of this length, and the cost is quadratic.
constexpr std::size_t kLongestWord = 64;

std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known)
{
    word = word.substr(0, kLongestWord);
    const std::string* best = nullptr;
    std::size_t bestDistance = 0;
    for (const auto& candidate : known) {
        const auto d = distance(word, std::string_view(candidate).substr(0, kLongestWord));
        if (best == nullptr || d < bestDistance) {
            best = &candidate;
            bestDistance = d;
        }
    }
    // A third of the letters, but at least one may be wrong, and never all of them.
    if (best == nullptr || bestDistance >= best->size() ||
        bestDistance > std::max<std::size_t>(1, std::max(word.size(), best->size()) / 3)) {
        return std::nullopt;
    }
    return *best;
}

std::string didYouMean(std::string_view word, std::span<const std::string> known)
{
    const auto meant = nearest(word, known);
    return meant ? fmt::format("; did you mean \"{}\"?", *meant) : std::string();
}

std::string listed(std::span<const std::string> words)
{
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace muster
