// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

/// An integer that cannot be mistaken for another kind of id. 0 is "none".
template <class Tag, class Integer = std::uint64_t>
struct StrongId {
    Integer value = 0;

    [[nodiscard]] explicit operator bool() const noexcept { return value != 0; }
    friend auto operator<=>(const StrongId&, const StrongId&) = default;
};

using RequestId = StrongId<struct RequestTag>;
using SubscriptionId = StrongId<struct SubscriptionTag>;
using TraceId = StrongId<struct TraceTag>;
using CorrelationId = StrongId<struct CorrelationTag>;
using RunId = StrongId<struct RunTag, std::uint32_t>;

/// A slot in the agent directory and the generation that lives in it: a stale id is
/// detected and never confused with a newer agent. Generation 0 is never alive.
struct AgentId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;

    [[nodiscard]] explicit operator bool() const noexcept { return generation != 0; }
    [[nodiscard]] std::uint64_t packed() const noexcept
    {
        return (std::uint64_t{slot} << 32) | generation;
    }
    [[nodiscard]] static AgentId unpack(std::uint64_t packed) noexcept
    {
        return {static_cast<std::uint32_t>(packed >> 32), static_cast<std::uint32_t>(packed)};
    }
    friend auto operator<=>(const AgentId&, const AgentId&) = default;
};

/// "1a2f.3": slot in hexadecimal, generation in decimal.
[[nodiscard]] std::string toString(AgentId id);
/// The same for the paths where formatting would show: the text is inside.
class AgentIdText {
public:
    explicit AgentIdText(AgentId id) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return {m_text.data(), m_size}; }

private:
    std::array<char, 8 + 1 + 10> m_text;  // 32 bits in either base, and the dot
    std::size_t m_size;
};
[[nodiscard]] std::optional<AgentId> parseAgentId(std::string_view text);

/// Where an event came from (one engine's run, drawn from its seed) and its place there.
struct EventId {
    std::uint64_t origin = 0;
    std::uint64_t sequence = 0;

    [[nodiscard]] explicit operator bool() const noexcept { return sequence != 0; }
    friend auto operator<=>(const EventId&, const EventId&) = default;
};

/// 32 hexadecimal digits, origin first; the form in exports and the acknowledged ledger.
[[nodiscard]] std::string toString(EventId id);
[[nodiscard]] std::optional<EventId> parseEventId(std::string_view text);

}  // namespace muster

template <class Tag, class Integer>
struct std::hash<muster::StrongId<Tag, Integer>> {
    std::size_t operator()(const muster::StrongId<Tag, Integer>& id) const noexcept
    {
        return std::hash<Integer>{}(id.value);
    }
};

template <>
struct std::hash<muster::AgentId> {
    std::size_t operator()(const muster::AgentId& id) const noexcept
    {
        return std::hash<std::uint64_t>{}(id.packed());
    }
};

template <>
struct std::hash<muster::EventId> {
    std::size_t operator()(const muster::EventId& id) const noexcept
    {
        return std::hash<std::uint64_t>{}(id.origin ^ (id.sequence * 0x9e3779b97f4a7c15ULL));
    }
};
