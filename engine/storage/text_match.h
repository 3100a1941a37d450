// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// Words that must all occur in a row's texts, as StoredEventQuery says. An empty query matches
/// all. Thread safety: one thread at a time.
class TextMatch {
public:
    explicit TextMatch(std::string_view query);

    [[nodiscard]] bool all() const noexcept { return m_words.empty(); }
    /// Whether each word occurs in one of the plain texts or in the JSON text.
    [[nodiscard]] bool matches(std::initializer_list<std::string_view> plain,
                               std::string_view json) const;

    /// What the full-text index is asked for rows that may match: an expression of FTS5. Empty: it
    /// cannot tell.
    [[nodiscard]] std::string indexQuery() const;

private:
    struct Word {
        std::string text;     ///< folded
        bool atStart = true;  ///< nothing of a word may stand before it
        bool atEnd = true;    ///< nor after it
    };

    void add(std::string_view text, bool stars);
    [[nodiscard]] static bool occurs(const Word& word, std::string_view text);

    std::vector<Word> m_words;
    mutable std::string m_unescaped;
};

}  // namespace muster
