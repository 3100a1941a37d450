// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/labels.h"

namespace muster::detail {

Labels::Labels()
    : m_byNumber(std::make_unique<std::array<std::atomic<const std::string*>, kMost>>())
{
    static_cast<void>(intern(""));
    static_cast<void>(intern("other"));
}

std::uint16_t Labels::intern(std::string_view text)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_numbers.find(text); found != m_numbers.end()) {
        return found->second;
    }
    if (m_texts.size() == kMost) {
        return 1;
    }
    const auto number = static_cast<std::uint16_t>(m_texts.size());
    const std::string& kept = m_texts.emplace_back(text);
    m_numbers.emplace(kept, number);
    (*m_byNumber)[number].store(&kept, std::memory_order_release);
    return number;
}

std::string_view Labels::text(std::uint16_t number) const noexcept
{
    const std::string* text =
        number < kMost ? (*m_byNumber)[number].load(std::memory_order_acquire) : nullptr;
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace muster::detail
