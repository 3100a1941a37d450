// SPDX-License-Identifier: Apache-2.0
#include "runtime/reply_later.h"

#include <mutex>

#include "runtime/internal/core.h"
#include "runtime/internal/post.h"

namespace muster {

ReplyLater::~ReplyLater()
{
    fail({ErrorCode::unavailable, "the request was dropped without an answer", "", ""});
}

detail::ThreadContext* ReplyLater::open() noexcept
{
    if (m_request == 0) {
        return nullptr;
    }
    detail::Core* core = nullptr;
    {
        const std::lock_guard lock(m_runtime->mutex);
        core = m_runtime->core;
    }
    return core == nullptr ? nullptr : &detail::ThreadContext::in(*core);
}

void ReplyLater::send(detail::ThreadContext& context, detail::Envelope* answer)
{
    detail::postAnswer(context, m_asker, std::exchange(m_request, 0), answer);
}

void ReplyLater::fail(Error error)
{
    if (detail::ThreadContext* context = open()) {
        send(*context, detail::makeEnvelope(*context, std::move(error)));
    }
}

}  // namespace muster
