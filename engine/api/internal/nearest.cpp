// SPDX-License-Identifier: Apache-2.0
#include "api/internal/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace muster {

namespace {

/// Levenshtein's distance, by one row of the table.
[[nodiscard]] std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

}  // namespace

std::string adviceNearest(std::string_view name, std::span<const std::string_view> known,
                          std::string_view otherwise)
{
    std::string_view nearest;
    std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const auto candidate : known) {
        const auto distance = editDistance(name, candidate);
        if (distance < best) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest.empty() ? std::string(otherwise) : fmt::format("Did you mean {}?", nearest);
}

}  // namespace muster
