// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "runtime/envelope.h"

namespace muster {

/// The right, and the duty, to answer one request later. Used inside the engine's agents: on a
/// worker or a service thread of the runtime it came from. Gone unused, the asker gets an error.
/// Thread safety: one thread at a time; may move between them.
class ReplyLater {
public:
    ReplyLater() = default;
    ReplyLater(AgentId asker, std::uint64_t request) noexcept : m_asker(asker), m_request(request)
    {
    }
    ReplyLater(ReplyLater&& other) noexcept
        : m_asker(other.m_asker), m_request(std::exchange(other.m_request, 0))
    {
    }
    ReplyLater& operator=(ReplyLater&& other) noexcept
    {
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
        if (m_request != 0) {
            send(detail::makeEnvelope(context(), std::forward<R>(value)));
        }
    }
    void fail(Error error);

private:
    [[nodiscard]] static detail::ThreadContext& context() noexcept;
    void send(detail::Envelope* answer);

    AgentId m_asker;
    std::uint64_t m_request = 0;
};

}  // namespace muster
