// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "net/http_client.h"

namespace muster {

/// A request and the way to wait for what comes of it.
class Awaited {
public:
    using Promise = std::promise<Result<HttpReply>>;

    Awaited(HttpClient& client, HttpRequest request)
    {
        auto receiver = std::make_unique<Receiver>();
        m_future = receiver->promise.get_future();
        auto sent = client.send(std::move(request), std::move(receiver));
        if (sent) {
            m_ticket = *std::move(sent);
        } else {
            m_refused = sent.error();
        }
    }
    [[nodiscard]] const std::optional<Error>& refused() const { return m_refused; }
    /// Waits; what was dropped is an internal error.
    [[nodiscard]] Result<HttpReply> reply()
    {
        if (m_refused) {
            return *m_refused;
        }
        if (m_future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
            return Error{ErrorCode::internal, "no reply in a minute", "", ""};
        }
        try {
            return m_future.get();
        } catch (const std::future_error&) {
            return Error{ErrorCode::internal, "dropped", "", ""};
        }
    }
    void cancel() { m_ticket.cancel(); }

private:
    struct Receiver final : HttpReceiver {
        void done(Result<HttpReply> reply) override { promise.set_value(std::move(reply)); }
        Promise promise;
    };

    std::future<Result<HttpReply>> m_future;
    HttpClient::Ticket m_ticket;
    std::optional<Error> m_refused;
};

/// As tests compare it.
[[nodiscard]] inline std::string word(ErrorCode code)
{
    return std::string(toString(code));
}

[[nodiscard]] inline HttpRequest get(const std::string& url, HttpProfile profile = {})
{
    HttpRequest request;
    request.profile = std::make_shared<HttpProfile>(std::move(profile));
    request.url = url;
    return request;
}

}  // namespace muster
