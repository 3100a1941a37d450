// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "runtime/envelope.h"

namespace muster {

namespace detail {
struct CoreLink;
}

/// The right, and the duty, to answer one request later. Gone unused, it tells the asker that
/// there will be no answer. Outlives its runtime harmlessly.
/// Thread safety: one thread at a time; may move between them.
class ReplyLater {
public:
    ReplyLater() = default;
    ReplyLater(std::shared_ptr<detail::CoreLink> runtime, AgentId asker,
               std::uint64_t request) noexcept
        : m_runtime(std::move(runtime)), m_asker(asker), m_request(request)
    {
    }
    ReplyLater(ReplyLater&& other) noexcept
        : m_runtime(std::move(other.m_runtime)),
          m_asker(other.m_asker),
          m_request(std::exchange(other.m_request, 0))
    {
    }
    ReplyLater& operator=(ReplyLater&& other) noexcept
    {
        std::swap(m_runtime, other.m_runtime);
        std::swap(m_asker, other.m_asker);
        std::swap(m_request, other.m_request);
        return *this;
    }
    ~ReplyLater();

    /// False: nobody asked (it was a plain send), or it was answered.
    [[nodiscard]] explicit operator bool() const noexcept { return m_request != 0; }

    template <class R>
    void reply(R&& value)
    {
        if (detail::ThreadContext* context = open()) {
            send(*context, detail::makeEnvelope(*context, std::forward<R>(value)));
        }
    }
    void fail(Error error);
    /// The asker does not wait any more: gives up the duty with the right.
    void forget() noexcept { m_request = 0; }

private:
    /// Null when there is nobody to answer any more.
    [[nodiscard]] detail::ThreadContext* open() noexcept;
    void send(detail::ThreadContext& context, detail::Envelope* answer);

    std::shared_ptr<detail::CoreLink> m_runtime;
    AgentId m_asker;
    std::uint64_t m_request = 0;
};

}  // namespace muster
