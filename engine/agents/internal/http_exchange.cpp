// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/http_exchange.h"

#include <optional>

namespace muster {
namespace {

struct HttpAnswer {
    static constexpr std::string_view kName = "http.answer";

    std::unique_ptr<Result<HttpReply>> reply;
};

/// Brings the reply from the I/O thread to the handler that waits.
class Waiter final : public HttpReceiver {
public:
    Waiter(ReplyLater handler, std::shared_ptr<PieceSink> pieces)
        : m_handler(std::move(handler)), m_pieces(std::move(pieces))
    {
    }
    bool piece(std::string_view bytes) override { return m_pieces->piece(bytes); }
    void done(Result<HttpReply> reply) override
    {
        m_handler.reply(HttpAnswer{std::make_unique<Result<HttpReply>>(std::move(reply))});
    }

private:
    ReplyLater m_handler;
    std::shared_ptr<PieceSink> m_pieces;
};

}  // namespace

Async<Result<HttpReply>> httpReply(HttpClient& client, HttpRequest request, Duration longest,
                                   std::shared_ptr<PieceSink> pieces)
{
    HttpClient::Ticket ticket;  // gives the request up with this frame
    const std::string url = request.url;
    std::optional<Error> refused;
    request.pieces = pieces != nullptr;
    auto begin = [&client, &request, &ticket, &refused, &pieces](ReplyLater later) {
        auto waiter = std::make_unique<Waiter>(std::move(later), pieces);
        auto sent = client.send(std::move(request), std::move(waiter));
        if (sent) {
            ticket = *std::move(sent);
        } else {
            refused = sent.error();
        }
    };
    auto answer = co_await answerFrom<HttpAnswer>(longest, begin);
    if (refused) {
        co_return *refused;
    }
    if (answer.ok()) {
        co_return std::move(*answer->reply);
    }
    Error error = answer.error();
    if (error.code == ErrorCode::timedOut) {
        error = {ErrorCode::timedOut, "no reply within its time", url,
                 "Raise the action's timeout, or see why the other side is slow"};
    }
    co_return error;
}

}  // namespace muster
