// SPDX-License-Identifier: Apache-2.0
#include "tokens.h"

#include <cctype>
#include <cstdlib>
#include <stdexcept>

std::vector<Token> tokensOf(const std::string& text)
{
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (std::isspace(c)) {
            ++at;
        } else if (std::isdigit(c) || c == '.') {
            char* end = nullptr;
            const double value = std::strtod(text.c_str() + at, &end);
            const auto length = static_cast<std::size_t>(end - (text.c_str() + at));
            if (length == 0) {
                throw std::runtime_error("a point alone is no number");
            }
            tokens.push_back({Token::Kind::number, text.substr(at, length), value});
            at += length;
        } else if (std::isalpha(c)) {
            std::size_t end = at;
            while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) {
                ++end;
            }
            tokens.push_back({Token::Kind::name, text.substr(at, end - at), 0});
            at = end;
        } else if (std::string("+-*/^(),").find(text[at]) != std::string::npos) {
            tokens.push_back({Token::Kind::sign, std::string(1, text[at]), 0});
            ++at;
        } else {
            throw std::runtime_error(std::string("what is ") + text[at] + "?");
        }
    }
    tokens.push_back({});
    return tokens;
}
