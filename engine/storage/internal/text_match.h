// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// Words that must all occur in a row's texts; case does not matter for ASCII. Words in double
/// quotes are one. An empty query matches all. Immutable. Thread safety: any thread.
class TextMatch {
public:
    explicit TextMatch(std::string_view query);

    [[nodiscard]] bool all() const noexcept { return m_words.empty(); }
    /// Whether each word occurs in one of the plain texts or in the JSON text.
    [[nodiscard]] bool matches(std::initializer_list<std::string_view> plain,
                               std::string_view json) const;

private:
    struct Word {
        std::string plain;
        std::string inJson;  ///< as it stands inside a JSON string
    };

    void add(std::string_view word);

    std::vector<Word> m_words;
};

}  // namespace muster
