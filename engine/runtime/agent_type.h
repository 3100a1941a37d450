// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "runtime/end_reason.h"
#include "runtime/handling.h"
#include "runtime/message.h"

namespace muster::detail {

/// What a restart by the operator carries over, without its type.
class SavedState {
public:
    virtual ~SavedState() = default;
    virtual void restore(void* behaviour) = 0;
};

/// All that the runtime knows of a C++ agent type: one constant per type, so that an agent
/// itself carries no table and no virtual function.
struct AgentOps {
    std::string_view name;
    std::uint32_t size;
    std::uint32_t alignment;
    bool interleaves;  ///< `static constexpr bool kInterleaves = true`
    AgentBase* (*base)(void* behaviour) noexcept;
    void (*destroy)(void* behaviour) noexcept;
    Handled (*handle)(void* behaviour, Envelope& envelope);
    Result<void> (*init)(void* behaviour);                         ///< null: none
    void (*terminated)(void* behaviour, const EndReason& reason);  ///< null: none
    std::string (*stateJson)(const void* behaviour);               ///< null: none
    std::unique_ptr<SavedState> (*save)(const void* behaviour);    ///< null: none
    void (*constructDefault)(void* place);                         ///< null: needs arguments
    /// Of supervisors: false while there are children to end first; asked again after each
    /// message. Null: stops when told.
    bool (*mayStop)(void* behaviour, const EndReason& reason);
};

template <class A>
struct OpsOf {
    static_assert(alignof(A) <= 32, "a behaviour's block is aligned to 32 bytes");

    static AgentBase* base(void* behaviour) noexcept { return static_cast<A*>(behaviour); }
    static void destroy(void* behaviour) noexcept { static_cast<A*>(behaviour)->~A(); }
    static Handled handle(void* behaviour, Envelope& envelope)
    {
        return A::dispatch(*static_cast<A*>(behaviour), envelope);
    }
    static Result<void> init(void* behaviour) { return static_cast<A*>(behaviour)->init(); }
    static void terminated(void* behaviour, const EndReason& reason)
    {
        static_cast<A*>(behaviour)->terminated(reason);
    }
    static std::string stateJson(const void* behaviour)
    {
        return static_cast<const A*>(behaviour)->stateJson();
    }
    static void constructDefault(void* place) { ::new (place) A(); }
    static bool mayStop(void* behaviour, const EndReason& reason)
    {
        return static_cast<A*>(behaviour)->mayStop(reason);
    }

    template <class State>
    struct Saved final : SavedState {
        explicit Saved(State saved) : state(std::move(saved)) {}
        void restore(void* behaviour) override
        {
            static_cast<A*>(behaviour)->restore(std::move(state));
        }
        State state;
    };
    static std::unique_ptr<SavedState> save(const void* behaviour)
    {
        using State = decltype(static_cast<const A*>(behaviour)->snapshot());
        return std::make_unique<Saved<State>>(static_cast<const A*>(behaviour)->snapshot());
    }

    static constexpr AgentOps describe() noexcept
    {
        AgentOps ops{};
        ops.name = bareTypeName<A>();
        ops.size = sizeof(A);
        ops.alignment = alignof(A);
        ops.base = &base;
        ops.destroy = &destroy;
        ops.handle = &handle;
        if constexpr (requires { std::string_view(A::kType); }) {
            ops.name = A::kType;
        }
        if constexpr (requires { requires bool(A::kInterleaves); }) {
            ops.interleaves = true;
        }
        if constexpr (requires(A & a) { a.init(); }) {
            ops.init = &init;
        }
        if constexpr (requires(A & a, const EndReason& reason) { a.terminated(reason); }) {
            ops.terminated = &terminated;
        }
        if constexpr (requires(const A& a) { a.stateJson(); }) {
            ops.stateJson = &stateJson;
        }
        if constexpr (requires(A & a, const A& c) { a.restore(c.snapshot()); }) {
            ops.save = &save;
        }
        if constexpr (requires(A & a, const EndReason& reason) { a.mayStop(reason); }) {
            ops.mayStop = &mayStop;
        }
        if constexpr (std::is_default_constructible_v<A>) {
            ops.constructDefault = &constructDefault;
        }
        return ops;
    }
};

template <class A>
inline constexpr AgentOps kAgentOps = OpsOf<A>::describe();

}  // namespace muster::detail
