// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
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
inline NameParts split(std::string_view name) noexcept
{
    std::size_t at = name.size();
    while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') {
        --at;
    }
    const std::string_view digits = name.substr(at);
    std::uint32_t ordinal = 0;
    if (at == 0 || digits.empty() || digits.size() > kMaxDigits || digits[0] == '0') {
        return {name, kNoOrdinal};
    }
    std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    return {name.substr(0, at), ordinal};
}

// FNV-1a over all but the last character, mixed, then that character: neighbours stay close.
inline std::uint64_t hashOf(std::string_view name) noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name.substr(0, name.size() - 1)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    hash ^= hash >> 29;
    hash *= 0xbf58476d1ce4e5b9ULL;
    hash ^= hash >> 32;
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
