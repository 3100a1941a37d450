// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text_match.h"

#include <algorithm>
#include <array>

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

/// The next place of a letter in either case, found by memchr and remembered.
class LetterSearch {
public:
    LetterSearch(std::string_view text, char letter) : m_text(text), m_letter(letter) {}

    /// Not before `from`; npos when there is none.
    std::size_t next(std::size_t from)
    {
        if (m_at != std::string_view::npos && (m_at < from || !m_begun)) {
            m_at = m_text.find(m_letter, from);
            m_begun = true;
        }
        return m_at;
    }

private:
    std::string_view m_text;
    char m_letter;
    std::size_t m_at = 0;
    bool m_begun = false;
};

bool startsWithFolded(std::string_view text, std::string_view word)
{
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (fold(text[i]) != word[i]) {
            return false;
        }
    }
    return true;
}

/// `word` is folded and not empty.
bool contains(std::string_view text, std::string_view word)
{
    if (text.size() < word.size()) {
        return false;
    }
    const std::string_view starts = text.substr(0, text.size() - word.size() + 1);
    const char first = word.front();
    LetterSearch lower(starts, first);
    LetterSearch upper(starts,
                       first >= 'a' && first <= 'z' ? static_cast<char>(first - 32) : first);
    for (std::size_t from = 0;; ++from) {
        from = std::min(lower.next(from), upper.next(from));
        if (from == std::string_view::npos) {
            return false;
        }
        if (startsWithFolded(text.substr(from), word)) {
            return true;
        }
    }
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
