// SPDX-License-Identifier: Apache-2.0
#include "functions.h"
#include "tree.h"

double evaluate(const Node& node)
{
    if (node.what.empty()) {
        return node.value;
    }
    std::vector<double> values;
    for (const auto& argument : node.arguments) {
        values.push_back(evaluate(*argument));
    }
    return call(node.what, values);
}
