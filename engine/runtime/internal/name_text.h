// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
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

/// Where the digits begin that a text ends with, and their value; of more than kMaxDigits: nothing.
struct EndNumber {
    std::size_t at;
    std::uint32_t value;
};

[[nodiscard]] inline EndNumber numberAtEnd(std::string_view text) noexcept
{
    std::size_t at = text.size();
    std::uint32_t value = 0;
    std::uint32_t unit = 1;
    for (; at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9'; --at, unit *= 10) {
        if (text.size() - at == kMaxDigits) {
            return {text.size(), 0};
        }
        value += static_cast<std::uint32_t>(text[at - 1] - '0') * unit;
    }
    return {at, value};
}

/// The same, from the last eight characters in one word (Lemire, "Quickly parsing eight digits").
/// They must not all be digits, and the text that long.
[[nodiscard]] inline EndNumber numberAtEnd(std::string_view text, std::uint64_t lastEight) noexcept
{
    constexpr std::uint64_t kEach = 0x0101010101010101ULL;
    constexpr int kBits = 64;
    const std::uint64_t values = lastEight ^ ('0' * kEach);
    const std::uint64_t others = (((values & 0x7f * kEach) + 0x76 * kEach) | values) & 0x80 * kEach;
    const int digits = std::countl_zero(others) / 8;
    if (digits == 0) {
        return {text.size(), 0};
    }
    // What is before them counts as zeros; then pairs, then all four of them at once.
    std::uint64_t sum = values & (~std::uint64_t{0} << (kBits - 8 * digits));
    sum = sum * 10 + (sum >> 8);
    constexpr std::uint64_t kPairs = 0x000000ff000000ffULL;
    sum = (sum & kPairs) * (100 + (1'000'000ULL << 32)) +
          ((sum >> 16) & kPairs) * (1 + (10'000ULL << 32));
    return {text.size() - static_cast<std::size_t>(digits), static_cast<std::uint32_t>(sum >> 32)};
}

// "indexer-17" is "indexer-" and 17; "a-017" and "17" have no number, for only one spelling
// may lead to one name.
[[nodiscard]] inline NameParts split(std::string_view name) noexcept
{
    std::uint64_t lastEight = 0;
    bool wide = false;
    if constexpr (std::endian::native == std::endian::little) {
        if (name.size() >= sizeof lastEight) {
            std::memcpy(&lastEight, name.data() + name.size() - sizeof lastEight, sizeof lastEight);
            // Of eight digits the first is within '0' to '9' too: rather too seldom than wrong.
            wide = static_cast<unsigned char>(lastEight) - unsigned{'0'} > 9;
        }
    }
    const auto [at, ordinal] = wide ? numberAtEnd(name, lastEight) : numberAtEnd(name);
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
    return hash ^ static_cast<unsigned char>(name.back());
}

/// Of stems, which are short: without a call, in words of which the last two may overlap.
[[nodiscard]] inline bool same(std::string_view left, std::string_view right) noexcept
{
    const auto differ = [&]<typename Word>(Word, std::size_t at) noexcept {
        Word a;
        Word b;
        std::memcpy(&a, left.data() + at, sizeof a);
        std::memcpy(&b, right.data() + at, sizeof b);
        return a != b;
    };
    const auto differAnywhere = [&]<typename Word>(Word word) noexcept {
        const std::size_t last = left.size() - sizeof word;
        for (std::size_t at = 0; at < last; at += sizeof word) {
            if (differ(word, at)) {
                return true;
            }
        }
        return differ(word, last);
    };
    if (left.size() != right.size()) {
        return false;
    }
    if (left.size() >= sizeof(std::uint64_t)) {
        return !differAnywhere(std::uint64_t{});
    }
    if (left.size() >= sizeof(std::uint32_t)) {
        return !differAnywhere(std::uint32_t{});
    }
    return left.empty() || !differAnywhere(char{});
}

/// What the table needs of a name; the parts point into it.
struct NameRead {
    NameRead() = default;
    explicit NameRead(std::string_view name) noexcept : hash(hashOf(name)), parts(split(name)) {}
    std::uint64_t hash = 0;
    NameParts parts{};
};

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
