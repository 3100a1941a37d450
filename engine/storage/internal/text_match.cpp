// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text_match.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "events/fields.h"

namespace muster {

namespace {

constexpr std::array<char, 256> kFold = [] {
    std::array<char, 256> fold{};
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        fold[static_cast<std::size_t>(i)] =
            c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return fold;
}();

char fold(char c)
{
    return kFold[static_cast<unsigned char>(c)];
}

std::string folded(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), fold);
    return out;
}

/// `word` is folded and not empty.
bool contains(std::string_view text, std::string_view word)
{
    if (text.size() < word.size()) {
        return false;
    }
    const char first = word.front();
    const std::size_t starts = text.size() - word.size() + 1;
    for (std::size_t at = 0; at < starts; ++at) {
        if (fold(text[at]) != first) {
            continue;
        }
        std::size_t length = 1;
        while (length < word.size() && fold(text[at + length]) == word[length]) {
            ++length;
        }
        if (length == word.size()) {
            return true;
        }
    }
    return false;
}

}  // namespace

TextMatch::TextMatch(std::string_view query)
{
    while (!query.empty()) {
        const bool quoted = query.front() == '"';
        query.remove_prefix(quoted || query.front() == ' ' ? 1 : 0);
        const std::size_t end = std::min(query.find(quoted ? '"' : ' '), query.size());
        add(query.substr(0, end));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

void TextMatch::add(std::string_view word)
{
    if (word.empty()) {
        return;
    }
    std::string json;
    appendJsonText(json, word);
    m_words.push_back({folded(word), folded(std::string_view(json).substr(1, json.size() - 2))});
}

bool TextMatch::matches(std::initializer_list<std::string_view> plain, std::string_view json) const
{
    return std::ranges::all_of(m_words, [&](const Word& word) {
        return contains(json, word.inJson) ||
               std::ranges::any_of(
                   plain, [&](std::string_view text) { return contains(text, word.plain); });
    });
}

}  // namespace muster
