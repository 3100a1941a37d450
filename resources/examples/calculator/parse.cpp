// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "tokens.h"
#include "tree.h"

namespace {

using NodePtr = std::unique_ptr<Node>;

class Parser {
public:
    explicit Parser(const std::string& text) : m_tokens(tokensOf(text)) {}

    NodePtr all()
    {
        NodePtr node = sum();
        if (m_tokens[m_at].kind != Token::Kind::end) {
            throw std::runtime_error("did not expect " + m_tokens[m_at].text);
        }
        return node;
    }

private:
    bool take(const char* sign)
    {
        const bool is = m_tokens[m_at].kind == Token::Kind::sign && m_tokens[m_at].text == sign;
        m_at += is ? 1 : 0;
        return is;
    }
    static NodePtr join(const char* sign, NodePtr left, NodePtr right)
    {
        auto node = std::make_unique<Node>();
        node->what = sign;
        node->arguments.push_back(std::move(left));
        node->arguments.push_back(std::move(right));
        return node;
    }
    NodePtr sum()
    {
        NodePtr node = product();
        for (;;) {
            if (take("+")) {
                node = join("+", std::move(node), product());
            } else if (take("-")) {
                node = join("-", std::move(node), product());
            } else {
                return node;
            }
        }
    }
    NodePtr product()
    {
        NodePtr node = power();
        for (;;) {
            if (take("*")) {
                node = join("*", std::move(node), power());
            } else if (take("/")) {
                node = join("/", std::move(node), power());
            } else {
                return node;
            }
        }
    }
    NodePtr power()
    {
        NodePtr node = single();
        return take("^") ? join("^", std::move(node), power()) : std::move(node);
    }
    NodePtr single()
    {
        if (take("-")) {
            return join("-", std::make_unique<Node>(), single());
        }
        if (take("(")) {
            NodePtr node = sum();
            close();
            return node;
        }
        const Token& token = m_tokens[m_at];
        auto node = std::make_unique<Node>();
        if (token.kind == Token::Kind::number) {
            node->value = token.value;
            ++m_at;
            return node;
        }
        if (token.kind != Token::Kind::name) {
            throw std::runtime_error("expected a number, found " + token.text);
        }
        node->what = token.text;
        ++m_at;
        if (take("(")) {
            do {
                node->arguments.push_back(sum());
            } while (take(","));
            close();
        }
        return node;
    }
    void close()
    {
        if (!take(")")) {
            throw std::runtime_error("expected )");
        }
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
};

}  // namespace

std::unique_ptr<Node> parse(const std::string& text)
{
    return Parser(text).all();
}
