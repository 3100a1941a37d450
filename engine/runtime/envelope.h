// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "runtime/mailbox.h"
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

/// Where an envelope waits its turn. The plain lane is the mailbox's own list; the others are
/// in its order of precedence. Numbered so that a plain envelope's tag is its kind alone.
enum class Lane : std::uint8_t { plain, high, urgent, system, low };
inline constexpr std::size_t kLanes = 5;

[[nodiscard]] constexpr Lane laneOf(Priority priority) noexcept
{
    constexpr std::uint32_t normal = static_cast<std::uint32_t>(Priority::normal);
    const std::uint32_t above = static_cast<std::uint32_t>(priority) + kLanes - normal;
    return static_cast<Lane>(above % kLanes);
}
static_assert(laneOf(Priority::low) == Lane::low && laneOf(Priority::normal) == Lane::plain &&
              laneOf(Priority::high) == Lane::high && laneOf(Priority::urgent) == Lane::urgent);

/// One message under way, in one block: this header, then the message itself. Blocks come from
/// the sending thread's stock and go to the receiving thread's (see internal/slab_pool.h).
/// Owned by one place at a time; not shared.
struct alignas(64) Envelope {
    Envelope* next;
    const MessageType* type;
    AgentId sender;               ///< none: from outside
    std::uint64_t tagAndRequest;  ///< timed, lane and kind on top; the request's number; 0: no ask
    std::uint32_t generation;     ///< of the receiver: tells a message for one long gone
    std::uint32_t stamp;          ///< coarse time it was sent at, 2^20 ns since the start

    static constexpr int kKindShift = 56;
    static constexpr int kLaneShift = 58;
    static constexpr std::uint64_t kKindMask = 3;
    static constexpr std::uint64_t kLaneMask = 7;
    static constexpr int kTimedShift = 63;
    static constexpr std::uint64_t kRequestMask = (std::uint64_t{1} << kKindShift) - 1;

    [[nodiscard]] EnvelopeKind kind() const noexcept
    {
        return static_cast<EnvelopeKind>((tagAndRequest >> kKindShift) & kKindMask);
    }
    [[nodiscard]] Lane lane() const noexcept
    {
        return static_cast<Lane>((tagAndRequest >> kLaneShift) & kLaneMask);
    }
    [[nodiscard]] std::uint64_t request() const noexcept { return tagAndRequest & kRequestMask; }
    void address(EnvelopeKind kind, std::uint64_t request, Lane lane = Lane::plain) noexcept
    {
        tagAndRequest = (tagAndRequest & kTimed) |
                        (static_cast<std::uint64_t>(lane) << kLaneShift) |
                        (static_cast<std::uint64_t>(kind) << kKindShift) | request;
    }
    /// A request has the time by which its answer is of use behind its message; a plain one is
    /// no larger for it.
    [[nodiscard]] bool timed() const noexcept { return (tagAndRequest & kTimed) != 0; }
    [[nodiscard]] MonoTime deadline() const noexcept
    {
        return *std::launder(reinterpret_cast<const MonoTime*>(
            reinterpret_cast<const std::byte*>(this) + deadlineAt(*type)));
    }
    void setDeadline(MonoTime time) noexcept
    {
        ::new (reinterpret_cast<std::byte*>(this) + deadlineAt(*type)) MonoTime(time);
    }
    /// The answer is under way, or is no longer this envelope's affair.
    void forgetRequest() noexcept { tagAndRequest &= ~kRequestMask; }

    [[nodiscard]] static constexpr std::size_t offset(std::size_t alignment) noexcept
    {
        return (kHeader + alignment - 1) / alignment * alignment;
    }
    [[nodiscard]] static constexpr std::size_t bytes(const MessageType& type) noexcept
    {
        return offset(type.alignment) + type.size;
    }
    [[nodiscard]] static constexpr std::size_t deadlineAt(const MessageType& type) noexcept
    {
        return (bytes(type) + alignof(MonoTime) - 1) / alignof(MonoTime) * alignof(MonoTime);
    }
    [[nodiscard]] static constexpr std::size_t timedBytes(const MessageType& type) noexcept
    {
        return deadlineAt(type) + sizeof(MonoTime);
    }
    [[nodiscard]] void* message() noexcept
    {
        return reinterpret_cast<std::byte*>(this) + offset(type->alignment);
    }

    static constexpr std::size_t kHeader = 40;
    static constexpr std::uint64_t kTimed = std::uint64_t{1} << kTimedShift;
};

/// A block for `bytes` from the calling thread's stock; aligned to 64. Above kLargestBlock it
/// comes from the heap.
[[nodiscard]] void* allocateBlock(ThreadContext& context, std::size_t bytes);
void releaseBlock(ThreadContext& context, void* block, std::size_t bytes) noexcept;

/// `kTimed`: with room for a deadline.
template <bool kTimed = false, class M>
[[nodiscard]] Envelope* makeEnvelope(ThreadContext& context, M&& message,
                                     Priority priority = Priority::normal)
{
    using Message = std::remove_cvref_t<M>;
    static_assert(alignof(Message) <= alignof(Envelope));
    constexpr const MessageType& type = kMessageType<Message>;
    constexpr std::size_t bytes = kTimed ? Envelope::timedBytes(type) : Envelope::bytes(type);
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
    envelope->tagAndRequest = kTimed ? Envelope::kTimed : 0;
    envelope->address(EnvelopeKind::mail, 0, laneOf(priority));
    return envelope;
}

/// Destroys the message and gives the block back. An ask in it that nobody answered is not
/// told: see discard() in internal/post.h.
void releaseEnvelope(ThreadContext& context, Envelope* envelope) noexcept;

}  // namespace detail
}  // namespace muster
