// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/clock.h"

namespace muster {

class AgentBase;

namespace detail {

struct Envelope;
class PendingWait;

/// Frames come from the thread's block stock, like envelopes.
[[nodiscard]] void* allocateFrame(std::size_t bytes);
void releaseFrame(void* frame, std::size_t bytes) noexcept;

/// The part of a coroutine's promise that does not depend on its result. The coroutine that a
/// handler returned is a root; those it awaits point to it.
struct PromiseBase {
    PromiseBase* root = this;
    std::coroutine_handle<> continuation;  ///< who awaits this one; none for a root
    std::exception_ptr exception;

    // Of a root only, written on the agent's worker:
    std::coroutine_handle<> self;
    AgentBase* agent = nullptr;
    Envelope* envelope = nullptr;            ///< what is being handled; lives as long as this
    PendingWait* waiting = nullptr;          ///< what the whole chain stands at
    PromiseBase* nextSuspended = nullptr;    ///< the agent's other suspended handlers
    void (*finish)(PromiseBase&) = nullptr;  ///< answers the asker or throws; destroys the frame
    MonoTime startedAt;

    static void* operator new(std::size_t bytes) { return allocateFrame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept
    {
        releaseFrame(frame, bytes);
    }

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { exception = std::current_exception(); }

    struct FinalAwaiter {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        [[nodiscard]] std::coroutine_handle<> await_suspend(
            std::coroutine_handle<Promise> handle) const noexcept
        {
            const std::coroutine_handle<> next = handle.promise().continuation;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
};

template <class T>
struct AsyncPromise;

}  // namespace detail

/// What a handler returns that may wait: a coroutine that runs only while its agent does. Its
/// steps run on whichever worker runs the agent, one at a time like messages. co_await another
/// Async to call it. Exceptions pass to the awaiting coroutine, and from a handler's own to
/// supervision. Thread safety: used by its agent only.
template <class T>
class [[nodiscard]] Async {
public:
    using promise_type = detail::AsyncPromise<T>;
    using Value = T;

    Async(Async&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Async& operator=(Async&&) = delete;
    ~Async()
    {
        if (m_handle) {
            m_handle.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> caller) noexcept
    {
        m_handle.promise().continuation = caller;
        m_handle.promise().root = caller.promise().root;
        return m_handle;
    }
    T await_resume() { return m_handle.promise().result(); }

    /// For the runtime: who takes it also destroys it.
    [[nodiscard]] std::coroutine_handle<promise_type> release() noexcept
    {
        return std::exchange(m_handle, nullptr);
    }

private:
    friend struct detail::AsyncPromise<T>;
    explicit Async(std::coroutine_handle<promise_type> handle) noexcept : m_handle(handle) {}

    std::coroutine_handle<promise_type> m_handle;
};

namespace detail {

template <class T>
struct AsyncPromise : PromiseBase {
    std::optional<T> value;

    [[nodiscard]] Async<T> get_return_object() noexcept
    {
        return Async<T>(std::coroutine_handle<AsyncPromise>::from_promise(*this));
    }
    template <class U>
    void return_value(U&& result)
    {
        value.emplace(std::forward<U>(result));
    }
    [[nodiscard]] T result()
    {
        if (exception) {
            std::rethrow_exception(exception);
        }
        return std::move(*value);
    }
};

template <>
struct AsyncPromise<void> : PromiseBase {
    [[nodiscard]] Async<void> get_return_object() noexcept
    {
        return Async<void>(std::coroutine_handle<AsyncPromise>::from_promise(*this));
    }
    void return_void() const noexcept {}
    void result() const
    {
        if (exception) {
            std::rethrow_exception(exception);
        }
    }
};

template <class T>
inline constexpr bool kIsAsync = false;
template <class T>
inline constexpr bool kIsAsync<Async<T>> = true;

}  // namespace detail
}  // namespace muster
