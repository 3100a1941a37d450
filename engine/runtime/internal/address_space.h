// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace muster::detail {

/// A stretch of address space that takes memory only where it is touched. Beyond the first
/// kSmallPages bytes the system is asked for huge pages: the first touch of a small page costs
/// more than creating the agents that fit in it. Thread safety: one owner.
class AddressSpace {
public:
    AddressSpace() = default;
    /// data() is null when the system refused.
    explicit AddressSpace(std::size_t bytes) noexcept;
    AddressSpace(AddressSpace&& other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_bytes(std::exchange(other.m_bytes, 0))
    {
    }
    AddressSpace& operator=(AddressSpace&& other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }
    ~AddressSpace();

    /// Aligned to kHugePage; zero where never written.
    [[nodiscard]] std::byte* data() const noexcept { return m_data; }
    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes; }

    static constexpr std::size_t kHugePage = std::size_t{2} << 20;
    static constexpr std::size_t kSmallPages = kHugePage;

private:
    std::byte* m_data = nullptr;
    std::size_t m_bytes = 0;
};

}  // namespace muster::detail
