// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <fmt/format.h>

#include <charconv>

namespace muster {
namespace {

template <class Integer>
std::optional<Integer> parseWhole(std::string_view text, int base)
{
    Integer value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

AgentIdText::AgentIdText(AgentId id) noexcept
{
    char* const end = m_text.data() + m_text.size();
    char* at = std::to_chars(m_text.data(), end, id.slot, 16).ptr;
    *at++ = '.';
    at = std::to_chars(at, end, id.generation).ptr;
    m_size = static_cast<std::size_t>(at - m_text.data());
}

std::string toString(AgentId id)
{
    return std::string(AgentIdText(id).view());
}

std::optional<AgentId> parseAgentId(std::string_view text)
{
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto slot = parseWhole<std::uint32_t>(text.substr(0, dot), 16);
    const auto generation = parseWhole<std::uint32_t>(text.substr(dot + 1), 10);
    if (!slot || !generation) {
        return std::nullopt;
    }
    return AgentId{*slot, *generation};
}

std::string toString(EventId id)
{
    return fmt::format("{:016x}{:016x}", id.origin, id.sequence);
}

std::optional<EventId> parseEventId(std::string_view text)
{
    if (text.size() != 32) {
        return std::nullopt;
    }
    const auto origin = parseWhole<std::uint64_t>(text.substr(0, 16), 16);
    const auto sequence = parseWhole<std::uint64_t>(text.substr(16), 16);
    if (!origin || !sequence) {
        return std::nullopt;
    }
    return EventId{*origin, *sequence};
}

}  // namespace muster
