// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/ids.h"
#include "runtime/end_reason.h"

namespace muster {

namespace detail {

/// The type's own name without its namespaces, found at compile time.
template <class T>
[[nodiscard]] constexpr std::string_view bareTypeName() noexcept
{
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    constexpr std::size_t start = text.find("T = ") + 4;
    constexpr std::size_t end = text.find_first_of(";]", start);
    constexpr std::string_view full = text.substr(start, end - start);
    constexpr std::string_view outer = full.substr(0, full.find('<'));
    constexpr std::size_t colon = outer.rfind("::");
    return colon == std::string_view::npos ? full : full.substr(colon + 2);
}

template <class T>
void destroyMessage(void* message) noexcept
{
    static_cast<T*>(message)->~T();
}

}  // namespace detail

/// What the runtime needs to know of a kind of message; one constant per C++ type, compared by
/// address. Any movable type can be a message.
struct MessageType {
    std::string_view name;  ///< `M::kName` where the type has one, else the C++ name
    std::uint32_t size;
    std::uint32_t alignment;
    void (*destroy)(void* message) noexcept;  ///< null: nothing to do
};

template <class M>
[[nodiscard]] constexpr MessageType describeMessage() noexcept
{
    static_assert(std::is_same_v<M, std::remove_cvref_t<M>>, "a message is a plain value");
    std::string_view name = detail::bareTypeName<M>();
    if constexpr (requires { std::string_view(M::kName); }) {
        name = M::kName;
    }
    return {name, sizeof(M), alignof(M),
            std::is_trivially_destructible_v<M> ? nullptr : &detail::destroyMessage<M>};
}

template <class M>
inline constexpr MessageType kMessageType = describeMessage<M>();

/// The beat of a timer, for agents that need no more than that.
struct Tick {};

/// The answer of a handler that returns nothing.
struct Done {};

/// Comes to those who monitor an agent, once, when it has ended for good. A restart is no end.
struct AgentEnded {
    AgentId id;
    EndReason reason;
};

}  // namespace muster
