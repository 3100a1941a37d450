// SPDX-License-Identifier: Apache-2.0
#include "storage/text_match.h"

#include <algorithm>
#include <array>

#include "storage/internal/text_words.h"

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

}  // namespace

TextMatch::TextMatch(std::string_view query)
{
    while (!query.empty()) {
        const bool quoted = query.front() == '"';
        query.remove_prefix(quoted || query.front() == ' ' ? 1 : 0);
        const std::size_t end = std::min(query.find(quoted ? '"' : ' '), query.size());
        add(query.substr(0, end), !quoted);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

void TextMatch::add(std::string_view text, bool stars)
{
    const bool freeStart = stars && text.starts_with('*');
    text.remove_prefix(freeStart ? 1 : 0);
    const bool freeEnd = stars && text.ends_with('*');
    text.remove_suffix(freeEnd ? 1 : 0);
    if (!text.empty()) {
        m_words.push_back({.text = folded(text),
                           .atStart = !freeStart && isWordByte(text.front()),
                           .atEnd = !freeEnd && isWordByte(text.back())});
    }
}

bool TextMatch::occurs(const Word& word, std::string_view text)
{
    const std::size_t size = word.text.size();
    if (text.size() < size) {
        return false;
    }
    const std::string_view starts = text.substr(0, text.size() - size + 1);
    const char first = word.text.front();
    LetterSearch lower(starts, first);
    LetterSearch upper(starts,
                       first >= 'a' && first <= 'z' ? static_cast<char>(first - 32) : first);
    for (std::size_t from = 0;; ++from) {
        from = std::min(lower.next(from), upper.next(from));
        if (from == std::string_view::npos) {
            return false;
        }
        const bool begins = !word.atStart || from == 0 || !isWordByte(text[from - 1]);
        if (begins && startsWithFolded(text.substr(from), word.text) &&
            (!word.atEnd || from + size == text.size() || !isWordByte(text[from + size]))) {
            return true;
        }
    }
}

bool TextMatch::matches(std::initializer_list<std::string_view> plain, std::string_view json) const
{
    const std::string_view meant = unescapedJson(json, m_unescaped);
    return std::ranges::all_of(m_words, [&](const Word& word) {
        return occurs(word, meant) || std::ranges::any_of(plain, [&](std::string_view text) {
                   return occurs(word, text);
               });
    });
}

std::string TextMatch::indexQuery() const
{
    std::string query;
    for (const Word& word : m_words) {
        const std::string_view text(word.text);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t stop = static_cast<std::size_t>(
                std::find_if_not(text.begin() + at, text.end(), isWordByte) - text.begin());
            const std::string_view token = text.substr(at, stop - at);
            // A word that may begin or end anywhere: what the index has of it is not known.
            const bool whole = at > 0 || word.atStart;
            const bool open = stop == text.size() && !word.atEnd;
            if (!token.empty() && whole) {
                query += query.empty() ? "\"" : " AND \"";
                query += token.substr(0, kIndexedWord);
                query += open && token.size() <= kIndexedWord ? "\"*" : "\"";
            }
            at = std::max(stop, at + 1);
        }
    }
    return query;
}

}  // namespace muster
