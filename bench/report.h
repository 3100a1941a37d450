// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/row.h"

namespace muster::bench {

/// A row as it was measured: the run with the median time an operation, of so many.
struct Measured {
    const Row* row = nullptr;
    Outcome median;
    std::vector<double> runs;  ///< nanoseconds an operation, in the order they were made
};

[[nodiscard]] Measured measure(const Row& row, std::size_t runs, bool quick);

/// One line, as wide as tableHead().
[[nodiscard]] std::string tableLine(const Measured& measured);
[[nodiscard]] std::string tableHead();

/// All of it, with the machine it ran on.
[[nodiscard]] std::string toJson(const std::vector<Measured>& all, bool quick);

}  // namespace muster::bench
