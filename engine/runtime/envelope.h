// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "base/ids.h"
#include "runtime/message.h"

namespace muster {

namespace detail {

class ThreadContext;

/// The context of the calling thread in the runtime it works for now; null outside of any. A
/// pointer of the thread's own, kept by internal/thread_context.cpp.
[[gnu::tls_model("initial-exec")]] extern thread_local constinit ThreadContext* t_context;

/// The same inside an agent or a callback, where there is one.
[[nodiscard]] inline ThreadContext& insideContext() noexcept
{
    return *t_context;
}

/// How an envelope is treated on its way: mail waits its turn and counts against the bound;
/// system mail does not count; an answer wakes the handler that waits for its request.
enum class EnvelopeKind : std::uint8_t { mail, system, answer };

/// One message under way, in one block: this header, then the message itself. Blocks come from
/// the sending thread's stock and go to the receiving thread's (see internal/slab_pool.h).
/// Owned by one place at a time; not shared.
struct alignas(64) Envelope {
    Envelope* next;
    const MessageType* type;
    AgentId sender;                ///< none: from outside
    std::uint64_t kindAndRequest;  ///< kind in the top byte, the request's number below; 0: no ask
    std::uint32_t generation;      ///< of the receiver: tells a message for one long gone
    std::uint32_t stamp;           ///< coarse time it was sent at, 2^20 ns since the start

    static constexpr int kKindShift = 56;
    static constexpr std::uint64_t kRequestMask = (std::uint64_t{1} << kKindShift) - 1;

    [[nodiscard]] EnvelopeKind kind() const noexcept
    {
        return static_cast<EnvelopeKind>(kindAndRequest >> kKindShift);
    }
    [[nodiscard]] std::uint64_t request() const noexcept { return kindAndRequest & kRequestMask; }
    void address(EnvelopeKind kind, std::uint64_t request) noexcept
    {
        kindAndRequest = (static_cast<std::uint64_t>(kind) << kKindShift) | request;
    }
    /// The answer is under way, or is no longer this envelope's affair.
    void forgetRequest() noexcept { kindAndRequest &= ~kRequestMask; }

    [[nodiscard]] static constexpr std::size_t offset(std::size_t alignment) noexcept
    {
        return (kHeader + alignment - 1) / alignment * alignment;
    }
    [[nodiscard]] static constexpr std::size_t bytes(const MessageType& type) noexcept
    {
        return offset(type.alignment) + type.size;
    }
    [[nodiscard]] void* message() noexcept
    {
        return reinterpret_cast<std::byte*>(this) + offset(type->alignment);
    }

    static constexpr std::size_t kHeader = 40;
};

/// A block for `bytes` from the calling thread's stock; aligned to 64. Above kLargestBlock it
/// comes from the heap.
[[nodiscard]] void* allocateBlock(ThreadContext& context, std::size_t bytes);
void releaseBlock(ThreadContext& context, void* block, std::size_t bytes) noexcept;

template <class M>
[[nodiscard]] Envelope* makeEnvelope(ThreadContext& context, M&& message)
{
    using Message = std::remove_cvref_t<M>;
    static_assert(alignof(Message) <= alignof(Envelope));
    constexpr const MessageType& type = kMessageType<Message>;
    constexpr std::size_t bytes = Envelope::bytes(type);
    void* block = allocateBlock(context, bytes);
    auto* envelope = ::new (block) Envelope;
    if constexpr (std::is_nothrow_constructible_v<Message, M&&>) {
        ::new (static_cast<std::byte*>(block) + Envelope::offset(alignof(Message)))
            Message(std::forward<M>(message));
    } else {
        try {
            ::new (static_cast<std::byte*>(block) + Envelope::offset(alignof(Message)))
                Message(std::forward<M>(message));
        } catch (...) {
            releaseBlock(context, block, bytes);
            throw;
        }
    }
    envelope->next = nullptr;
    envelope->type = &type;
    envelope->sender = AgentId{};
    envelope->kindAndRequest = 0;
    return envelope;
}

/// Destroys the message and gives the block back. An ask in it that nobody answered is not
/// told: see discard() in internal/post.h.
void releaseEnvelope(ThreadContext& context, Envelope* envelope) noexcept;

}  // namespace detail
}  // namespace muster
