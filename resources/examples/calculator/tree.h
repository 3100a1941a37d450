// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

/// A number, a call of a function, or a sign between its arguments.
struct Node {
    std::string what;  ///< empty: a number
    double value = 0;
    std::vector<std::unique_ptr<Node>> arguments;
};

/// Throws std::runtime_error for what is no expression.
std::unique_ptr<Node> parse(const std::string& text);

/// Throws std::runtime_error for what is not known.
double evaluate(const Node& node);
