// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// A number, a name, or one of "+-*/^(),".
struct Token {
    enum class Kind { number, name, sign, end };
    Kind kind = Kind::end;
    std::string text;
    double value = 0;
};

/// Throws std::runtime_error for a character that belongs to nothing.
std::vector<Token> tokensOf(const std::string& text);
