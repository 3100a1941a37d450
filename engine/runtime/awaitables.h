// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/async.h"
#include "runtime/envelope.h"
#include "runtime/reply_later.h"
#include "runtime/timer_wheel.h"

namespace muster {

class AgentBase;

namespace detail {

/// What a suspended handler waits for: the answer to one request of this agent, or a deadline.
/// Lives in the coroutine's frame. When the frame goes first (the agent was ended), so does the
/// deadline, and the answer finds nobody. Thread safety: the agent's worker only.
class PendingWait {
public:
    PendingWait(const PendingWait&) = delete;
    PendingWait& operator=(const PendingWait&) = delete;

    [[nodiscard]] std::uint64_t request() const noexcept { return m_request; }
    [[nodiscard]] std::coroutine_handle<> handle() const noexcept { return m_handle; }
    /// Takes what it needs out of the answer; the runtime releases it and resumes handle().
    virtual void take(Envelope& answer) = 0;

protected:
    PendingWait() = default;
    ~PendingWait();

    /// Stands the handler still until an answer with the number of this wait comes.
    void suspend(PromiseBase& root, std::coroutine_handle<> handle);
    void wakeAfter(Duration delay);
    void wakeAt(MonoTime time);
    /// The error of an answer that carries one instead of the expected message.
    [[nodiscard]] static Error errorOf(Envelope& answer, const MessageType& expected);
    [[nodiscard]] AgentId agent() const noexcept;

private:
    std::uint64_t m_request = 0;
    PromiseBase* m_root = nullptr;
    std::coroutine_handle<> m_handle;
    TimerNode m_deadline;
    bool m_armed = false;
};

/// The untyped half of an ask from an agent.
class AskWait : public PendingWait {
protected:
    AskWait(AgentId to, Envelope* question, Duration deadline) noexcept
        : m_to(to), m_question(question), m_deadline(deadline)
    {
    }
    ~AskWait();
    /// False when it failed at once; then m_error says why.
    [[nodiscard]] bool ask(PromiseBase& root, std::coroutine_handle<> handle);

    std::optional<Error> m_error;

private:
    AgentId m_to;
    Envelope* m_question;
    Duration m_deadline;
};

template <class Reply>
class AskAwaiter final : public AskWait {
public:
    AskAwaiter(AgentId to, Envelope* question, Duration deadline) noexcept
        : AskWait(to, question, deadline)
    {
    }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> handle)
    {
        return ask(*handle.promise().root, handle);
    }
    [[nodiscard]] Result<Reply> await_resume()
    {
        if (m_error) {
            return std::move(*m_error);
        }
        return std::move(*m_reply);
    }
    void take(Envelope& answer) override
    {
        if (answer.type == &kMessageType<Reply>) {
            m_reply.emplace(std::move(*static_cast<Reply*>(answer.message())));
        } else {
            m_error.emplace(errorOf(answer, kMessageType<Reply>));
        }
    }

private:
    std::optional<Reply> m_reply;
};

/// Until when the root's request waits for its answer; none if it is no request.
[[nodiscard]] std::optional<MonoTime> deadlineOf(const PromiseBase& root) noexcept;

/// Does not wait: only tells what the handler is under.
class DeadlineAwaiter {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> handle) noexcept
    {
        m_deadline = deadlineOf(*handle.promise().root);
        return false;
    }
    [[nodiscard]] std::optional<MonoTime> await_resume() const noexcept { return m_deadline; }

private:
    std::optional<MonoTime> m_deadline;
};

class DelayAwaiter final : public PendingWait {
public:
    explicit DelayAwaiter(Duration delay) noexcept : m_delay(delay) {}
    [[nodiscard]] bool await_ready() const noexcept { return m_delay <= Duration::zero(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle)
    {
        suspend(*handle.promise().root, handle);
        wakeAfter(m_delay);
    }
    void await_resume() const noexcept {}
    void take(Envelope& answer) override { static_cast<void>(answer); }

private:
    Duration m_delay;
};

/// The untyped half of a wait for somebody who is no agent.
class OutsideWait : public PendingWait {
protected:
    ~OutsideWait() = default;
    /// kNoBound: for ever.
    [[nodiscard]] ReplyLater start(PromiseBase& root, std::coroutine_handle<> handle,
                                   Duration longest);
    static constexpr Duration kNoBound = Duration::max();

    std::optional<Error> m_error;
};

template <class Reply, class Begin>
class OutsideAwaiter final : public OutsideWait {
public:
    OutsideAwaiter(Duration longest, Begin begin) : m_longest(longest), m_begin(std::move(begin)) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle)
    {
        m_begin(start(*handle.promise().root, handle, m_longest));
    }
    [[nodiscard]] Result<Reply> await_resume()
    {
        if (m_error) {
            return std::move(*m_error);
        }
        return std::move(*m_reply);
    }
    void take(Envelope& answer) override
    {
        if (answer.type == &kMessageType<Reply>) {
            m_reply.emplace(std::move(*static_cast<Reply*>(answer.message())));
        } else {
            m_error.emplace(errorOf(answer, kMessageType<Reply>));
        }
    }

private:
    Duration m_longest;
    Begin m_begin;
    std::optional<Reply> m_reply;
};

/// A function on its way through the blocking pool, with room for what came of it. Travels
/// back as the answer's message, so that it outlives an agent that ended meanwhile.
class BlockingJob {
public:
    virtual ~BlockingJob() = default;
    virtual void run() = 0;
};

struct JobDone {
    std::unique_ptr<BlockingJob> job;
};

class BlockingWait : public PendingWait {
protected:
    ~BlockingWait() = default;
    /// False when the pool refused it; then m_error says why.
    [[nodiscard]] bool start(PromiseBase& root, std::coroutine_handle<> handle,
                             std::unique_ptr<BlockingJob> job, Duration longest);
    void take(Envelope& answer) final;
    static constexpr Duration kNoBound = Duration::max();

    std::unique_ptr<BlockingJob> m_done;
    std::optional<Error> m_error;
};

/// A Result stays one; anything else is put into one.
template <class T>
struct AsResult {
    using Type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
    using Type = Result<T>;
};

template <class Function>
class BlockingAwaiter final : public BlockingWait {
    using Value = std::invoke_result_t<Function&>;
    using Answer = typename AsResult<Value>::Type;

    struct Job final : BlockingJob {
        explicit Job(Function function) : call(std::move(function)) {}
        void run() override
        {
            try {
                if constexpr (std::is_void_v<Value>) {
                    call();
                } else {
                    value.emplace(call());
                }
            } catch (...) {
                exception = std::current_exception();
            }
        }
        Function call;
        std::exception_ptr exception;
        std::optional<std::conditional_t<std::is_void_v<Value>, std::monostate, Value>> value;
    };

public:
    explicit BlockingAwaiter(Function function, Duration longest = kNoBound)
        : m_job(std::make_unique<Job>(std::move(function))), m_longest(longest)
    {
    }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> handle)
    {
        return start(*handle.promise().root, handle, std::move(m_job), m_longest);
    }
    /// What the function threw is thrown here.
    [[nodiscard]] Answer await_resume()
    {
        if (m_error) {
            return std::move(*m_error);
        }
        auto& job = static_cast<Job&>(*m_done);
        if (job.exception) {
            std::rethrow_exception(job.exception);
        }
        if constexpr (std::is_void_v<Value>) {
            return {};
        } else {
            return std::move(*job.value);
        }
    }

private:
    std::unique_ptr<BlockingJob> m_job;
    Duration m_longest;
};

}  // namespace detail
}  // namespace muster
