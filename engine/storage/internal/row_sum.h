// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace muster {

/// The checksum that the last column of a row holds over those before it, so that a byte that
/// changed on disk is an error and not a wrong answer. Not against intent.
class RowSum {
public:
    void add(std::int64_t value) noexcept { mix(1, static_cast<std::uint64_t>(value)); }
    void add(std::string_view text) noexcept { mixBytes(2, text.data(), text.size()); }
    void add(std::span<const std::byte> blob) noexcept { mixBytes(3, blob.data(), blob.size()); }
    void addNull() noexcept { mix(4, 0); }

    [[nodiscard]] std::int64_t value() const noexcept
    {
        return static_cast<std::int64_t>(m_state >> 32);
    }

private:
    static_assert(std::endian::native == std::endian::little, "sessions are little-endian");
    static constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;

    void mix(std::uint64_t kind, std::uint64_t value) noexcept
    {
        // Two rounds of a multiply and a rotation: every input bit reaches the upper half.
        m_state = std::rotl((m_state ^ kind ^ value) * kMultiplier, 29) * kMultiplier;
    }
    void mixBytes(std::uint64_t kind, const void* data, std::size_t size) noexcept
    {
        mix(kind, size);
        const char* at = static_cast<const char*>(data);
        for (; size >= 8; at += 8, size -= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, 8);
            mix(0, word);
        }
        if (size > 0) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, size);
            mix(0, word);
        }
    }

    std::uint64_t m_state = 0x6d75737465722d31;
};

}  // namespace muster
