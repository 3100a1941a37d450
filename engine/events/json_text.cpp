// SPDX-License-Identifier: Apache-2.0
#include "events/fields.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace muster {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

/// True for bytes that stand for themselves inside a JSON string.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        plain[c] = c != '"' && c != '\\' && c != 0x7f;
    }
    return plain;
}();

/// How many bytes from `at` on stand for themselves, eight at a time: fewer may be said.
std::size_t plainWords(std::string_view text, std::size_t at) noexcept
{
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kTops = kOnes << 7;
    const auto holds = [](std::uint64_t word, std::uint64_t byte) {
        const std::uint64_t zero = word ^ (kOnes * byte);
        return (zero - kOnes) & ~zero & kTops;
    };
    const std::size_t from = at;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        const std::uint64_t low = (word - kOnes * 0x20) & ~word & kTops;
        if (((word & kTops) | low | holds(word, '"') | holds(word, '\\') | holds(word, 0x7f)) !=
            0) {
            break;
        }
    }
    return at - from;
}

unsigned char byteAt(std::string_view text, std::size_t at) noexcept
{
    return static_cast<unsigned char>(text[at]);
}

bool continues(std::string_view text, std::size_t at, unsigned low = 0x80,
               unsigned high = 0xbf) noexcept
{
    return at < text.size() && byteAt(text, at) >= low && byteAt(text, at) <= high;
}

/// Bytes of the well-formed character at `at` (Unicode 15, table 3-7); 0 when it is none.
std::size_t characterLength(std::string_view text, std::size_t at) noexcept
{
    const unsigned lead = byteAt(text, at);
    if (lead >= 0xc2 && lead <= 0xdf) {
        return continues(text, at + 1) ? 2 : 0;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = lead == 0xed ? 0x9f : 0xbf;
        return continues(text, at + 1, low, high) && continues(text, at + 2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
        return continues(text, at + 1, low, high) && continues(text, at + 2) &&
                       continues(text, at + 3)
                   ? 4
                   : 0;
    }
    return 0;
}

void appendEscape(std::string& out, unsigned char c)
{
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += kHex[c >> 4];
            out += kHex[c & 0xf];
    }
}

}  // namespace

void appendJsonText(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t from = at;
        at += plainWords(text, at);
        while (at < text.size() && kPlain[byteAt(text, at)]) {
            ++at;
        }
        out.append(text, from, at - from);
        if (at == text.size()) {
            break;
        }
        const unsigned char c = byteAt(text, at);
        if (c < 0x80) {
            appendEscape(out, c);
            ++at;
        } else if (const auto length = characterLength(text, at); length != 0) {
            out.append(text, at, length);
            at += length;
        } else {
            out += '%';
            out += kHex[c >> 4];
            out += kHex[c & 0xf];
            ++at;
        }
    }
    out += '"';
}

void appendJsonNumber(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

}  // namespace muster
