// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace muster {

/// Counts lines (newline bytes, as `wc -l`) and words (runs of bytes other than the six ASCII
/// spaces) of a stream that comes in chunks. Thread safety: one thread at a time.
class TextCount {
public:
    void add(const unsigned char* data, std::size_t size) noexcept;

    [[nodiscard]] std::uint64_t lines() const noexcept { return m_lines; }
    [[nodiscard]] std::uint64_t words() const noexcept { return m_words; }

private:
    std::uint64_t m_lines = 0;
    std::uint64_t m_words = 0;
    bool m_inWord = false;  // at the end of the last chunk
};

}  // namespace muster
