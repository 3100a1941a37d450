// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "runtime/async.h"
#include "runtime/envelope.h"

namespace muster {

class AgentBase;

namespace detail {

/// What a type's dispatcher did with an envelope.
enum class Handled : std::uint8_t {
    done,       ///< the envelope goes back
    unknown,    ///< no handler for this type of message
    suspended,  ///< a coroutine holds the envelope until it is through
};

/// Sends the answer to the envelope's request to its asker and takes the request off it.
void answer(Envelope& question, Envelope* reply);
void answerError(Envelope& question, Error error);

template <class T>
void answerWith(Envelope& question, T&& value)
{
    if (question.request() != 0) {
        answer(question, makeEnvelope(insideContext(), std::forward<T>(value)));
    }
}

template <class T>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

/// A value is the reply, an error in a Result is the asker's.
template <class T>
void answerWithResult(Envelope& question, T&& value)
{
    using Value = std::remove_cvref_t<T>;
    if constexpr (std::is_same_v<Value, Result<void>>) {
        value.ok() ? answerWith(question, Done{}) : answerError(question, value.error());
    } else if constexpr (kIsResult<Value>) {
        value.ok() ? answerWith(question, std::forward<T>(value).value())
                   : answerError(question, value.error());
    } else {
        answerWith(question, std::forward<T>(value));
    }
}

/// Destroys the frame also when the answer cannot be made.
template <class T>
class FrameOwner {
public:
    explicit FrameOwner(PromiseBase& root) noexcept
        : m_handle(std::coroutine_handle<AsyncPromise<T>>::from_promise(
              static_cast<AsyncPromise<T>&>(root)))
    {
    }
    FrameOwner(const FrameOwner&) = delete;
    FrameOwner& operator=(const FrameOwner&) = delete;
    ~FrameOwner() { m_handle.destroy(); }
    [[nodiscard]] AsyncPromise<T>& promise() noexcept { return m_handle.promise(); }

private:
    std::coroutine_handle<AsyncPromise<T>> m_handle;
};

template <class T>
void finishHandler(PromiseBase& root)
{
    FrameOwner<T> frame(root);
    Envelope& question = *root.envelope;
    if constexpr (std::is_void_v<T>) {
        frame.promise().result();
        answerWith(question, Done{});
    } else {
        answerWithResult(question, frame.promise().result());
    }
}

/// Runs a handler's coroutine to its end or its first wait.
[[nodiscard]] Handled startHandler(AgentBase& agent, Envelope& envelope, PromiseBase& root);

template <class A, class M>
[[nodiscard]] Handled handleOne(A& agent, Envelope& envelope)
{
    M& message = *static_cast<M*>(envelope.message());
    using Answer = decltype(agent.handle(std::move(message)));
    if constexpr (std::is_void_v<Answer>) {
        agent.handle(std::move(message));
        answerWith(envelope, Done{});
    } else if constexpr (kIsAsync<Answer>) {
        const auto handle = agent.handle(std::move(message)).release();
        PromiseBase& root = handle.promise();
        root.self = handle;
        root.finish = &finishHandler<typename Answer::Value>;
        return startHandler(agent, envelope, root);
    } else {
        answerWithResult(envelope, agent.handle(std::move(message)));
    }
    return Handled::done;
}

}  // namespace detail
}  // namespace muster
