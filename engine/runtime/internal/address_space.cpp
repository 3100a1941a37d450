// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/address_space.h"

#include <sys/mman.h>

#include <cstdint>

namespace muster::detail {

AddressSpace::AddressSpace(std::size_t bytes) noexcept
{
    const std::size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    const std::size_t asked = rounded + kHugePage;
    void* mapped = ::mmap(nullptr, asked, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        return;
    }
    auto* begin = static_cast<std::byte*>(mapped);
    const std::size_t head =
        (kHugePage - reinterpret_cast<std::uintptr_t>(begin) % kHugePage) % kHugePage;
    if (head != 0) {
        ::munmap(begin, head);
    }
    if (head != kHugePage) {
        ::munmap(begin + head + rounded, asked - head - rounded);
    }
    m_data = begin + head;
    m_bytes = rounded;
    if (rounded > kSmallPages) {
        // Advice only: without huge pages it is slower, not wrong.
        ::madvise(m_data + kSmallPages, rounded - kSmallPages, MADV_HUGEPAGE);
    }
}

AddressSpace::~AddressSpace()
{
    if (m_data != nullptr) {
        ::munmap(m_data, m_bytes);
    }
}

}  // namespace muster::detail
