// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace muster::detail {

/// How NameTable takes names apart and finds them. Thread safety: pure functions and values.

inline constexpr std::uint32_t kNoOrdinal = ~std::uint32_t{0};
inline constexpr std::size_t kMaxDigits = 9;  // more may not fit into 32 bits

/// A name as it is kept: what it shares with its family, and its number in it.
struct NameParts {
    std::string_view stem;
    std::uint32_t ordinal;
};

// "indexer-17" is "indexer-" and 17; "a-017" and "17" have no number, for only one spelling
// may lead to one name.
[[nodiscard]] inline NameParts split(std::string_view name) noexcept
{
    std::size_t at = name.size();
    std::uint32_t ordinal = 0;
    std::uint32_t unit = 1;
    for (; at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9'; --at, unit *= 10) {
        if (name.size() - at == kMaxDigits) {
            return {name, kNoOrdinal};
        }
        ordinal += static_cast<std::uint32_t>(name[at - 1] - '0') * unit;
    }
    if (at == 0 || at == name.size() || name[at] == '0') {
        return {name, kNoOrdinal};
    }
    return {name.substr(0, at), ordinal};
}

/// Over all but the last character, eight at a time, then that character: neighbours stay close.
/// Of an empty name: 0.
[[nodiscard]] inline std::uint64_t hashOf(std::string_view name) noexcept
{
    if (name.empty()) {
        return 0;
    }
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    const char* text = name.data();
    const std::size_t size = name.size() - 1;
    std::uint64_t hash = size * 0x9e3779b97f4a7c15ULL;
    const auto mix = [&hash](std::uint64_t word) noexcept {
        hash = (hash ^ word) * 0xbf58476d1ce4e5b9ULL;
        hash ^= hash >> 32;
    };
    std::uint64_t word = 0;
    if (size < kWord) {
        for (std::size_t at = 0; at < size; ++at) {
            word = (word << 8) | static_cast<unsigned char>(text[at]);
        }
        mix(word);
    } else {
        // The last eight overlap those before.
        for (std::size_t at = 0; at + kWord < size; at += kWord) {
            std::memcpy(&word, text + at, kWord);
            mix(word);
        }
        std::memcpy(&word, text + size - kWord, kWord);
        mix(word);
    }
    mix(0);
    return (hash << 4) + static_cast<unsigned char>(name.back());
}

class NumberText {
public:
    explicit NumberText(std::uint32_t number) noexcept
        : m_end(std::to_chars(m_text, m_text + sizeof m_text, number).ptr)
    {
    }
    [[nodiscard]] std::string_view view() const noexcept
    {
        return {m_text, static_cast<std::size_t>(m_end - m_text)};
    }

private:
    char m_text[10];
    char* m_end;
};

}  // namespace muster::detail
