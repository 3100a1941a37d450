// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>

#include "tree.h"

/// calculator "2 * (3 + 4)"
int main(int count, char** words)
{
    try {
        for (int i = 1; i < count; ++i) {
            std::cout << evaluate(*parse(words[i])) << '\n';
        }
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
    return 0;
}
