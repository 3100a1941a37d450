// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/text_count.h"

#include <algorithm>
#include <cstring>

namespace muster {

namespace {

// The compiler turns these into the machine's vector instructions, whichever it has.
constexpr std::size_t kLanes = 16;
using Bytes [[gnu::vector_size(kLanes)]] = unsigned char;

constexpr bool isSpace(unsigned char c) noexcept
{
    return c == ' ' || static_cast<unsigned char>(c - '\t') < 5;
}

Bytes load(const unsigned char* at) noexcept
{
    Bytes bytes;
    std::memcpy(&bytes, at, sizeof(bytes));
    return bytes;
}

/// 0xff in the lanes that hold a space.
Bytes spaces(Bytes bytes) noexcept
{
    return reinterpret_cast<Bytes>((bytes == ' ') | ((bytes - '\t') < 5));
}

std::uint64_t sum(Bytes bytes) noexcept
{
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < kLanes; ++i) {
        total += bytes[i];
    }
    return total;
}

}  // namespace

void TextCount::add(const unsigned char* data, std::size_t size) noexcept
{
    if (size == 0) {
        return;
    }
    const auto one = [this](unsigned char byte, bool afterSpace) {
        m_lines += byte == '\n' ? 1 : 0;
        m_words += afterSpace && !isSpace(byte) ? 1 : 0;
    };
    one(data[0], !m_inWord);
    std::size_t i = 1;
    while (i + kLanes <= size) {
        // A lane of the sums holds at most 255, so they are emptied in time.
        const std::size_t steps = std::min<std::size_t>(255, (size - i) / kLanes);
        Bytes lines{};
        Bytes words{};
        for (std::size_t step = 0; step < steps; ++step, i += kLanes) {
            const Bytes here = load(data + i);
            lines -= reinterpret_cast<Bytes>(here == '\n');
            words -= spaces(load(data + i - 1)) & ~spaces(here);
        }
        m_lines += sum(lines);
        m_words += sum(words);
    }
    for (; i < size; ++i) {
        one(data[i], isSpace(data[i - 1]));
    }
    m_inWord = !isSpace(data[size - 1]);
}

}  // namespace muster
