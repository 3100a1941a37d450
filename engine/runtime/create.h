// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "runtime/agent_type.h"
#include "runtime/create_options.h"

namespace muster::detail {

/// Makes the same behaviour again, for a restart; the number is its place in a bulk creation.
using AgentRecipe = std::function<void(void* place, std::uint64_t index)>;

/// A creation without its types: how to construct, and how to keep what a restart needs.
struct Blueprint {
    const AgentOps* ops;
    void* arguments;
    void (*construct)(void* place, void* arguments);
    /// Null: the arguments cannot be kept.
    AgentRecipe (*keep)(const void* arguments);
    bool repeatable;  ///< made without arguments, so a second life is like the first
};

[[nodiscard]] Result<AgentId> createOne(ThreadContext& context, const CreateOptions& options,
                                        const Blueprint& blueprint);
[[nodiscard]] Result<BulkCreated> createBulk(ThreadContext& context, const CreateOptions& options,
                                             const AgentOps& ops, std::uint64_t count,
                                             AgentRecipe recipe);

template <class A, class Arguments>
AgentRecipe keepArguments(const void* arguments)
{
    auto kept = std::make_shared<const Arguments>(*static_cast<const Arguments*>(arguments));
    return [kept](void* place, std::uint64_t) {
        std::apply([place](const auto&... each) { ::new (place) A(each...); }, *kept);
    };
}

template <class A, class... Args>
[[nodiscard]] Result<AgentId> createAgent(ThreadContext& context, const CreateOptions& options,
                                          Args&&... args)
{
    // Constructed from the kept form, so that the first life and a restarted one are alike.
    using Arguments = std::tuple<std::decay_t<Args>...>;
    Arguments arguments(std::forward<Args>(args)...);
    Blueprint blueprint{&kAgentOps<A>, &arguments, nullptr, nullptr, sizeof...(Args) == 0};
    constexpr bool copies = (std::is_copy_constructible_v<std::decay_t<Args>> && ... && true) &&
                            std::is_constructible_v<A, const std::decay_t<Args>&...>;
    if constexpr (sizeof...(Args) == 0) {
        blueprint.construct = [](void* place, void*) { ::new (place) A(); };
    } else if constexpr (copies) {
        blueprint.keep = &keepArguments<A, Arguments>;
    }
    if constexpr (sizeof...(Args) != 0) {
        blueprint.construct = [](void* place, void* kept) {
            std::apply(
                [place](auto&... each) {
                    ::new (place) A(std::forward<std::decay_t<Args>>(each)...);
                },
                *static_cast<Arguments*>(kept));
        };
    }
    return createOne(context, options, blueprint);
}

/// `factory(index)` gives an A by value; built in place, A need not be movable.
template <class A, class Factory>
[[nodiscard]] Result<BulkCreated> createAgents(ThreadContext& context, std::uint64_t count,
                                               const CreateOptions& options, Factory factory)
{
    return createBulk(context, options, kAgentOps<A>, count,
                      [factory = std::move(factory)](void* place, std::uint64_t index) {
                          if constexpr (std::is_invocable_v<const Factory&, std::uint64_t>) {
                              ::new (place) A(factory(index));
                          } else {
                              ::new (place) A(factory());
                          }
                      });
}

}  // namespace muster::detail
